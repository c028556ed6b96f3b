"""The browser bundle of the diagram editor: ``webapp/frontend`` becomes ``webapp/static/dist``."""
