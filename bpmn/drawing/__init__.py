"""Drawing of diagrams: layout, check and picture of BPMN files, for developers and tests. Nothing here runs in the application."""
