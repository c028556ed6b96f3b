"""The browser bundles, the diagram editor and htmx: ``webapp/frontend`` becomes ``webapp/static/dist``."""
