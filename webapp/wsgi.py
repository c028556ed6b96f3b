"""What gunicorn serves."""

from __future__ import annotations

from webapp.app import create_app
from webapp.config import Settings
from webapp.core import logs
from webapp.core.admission import Admission

settings = Settings.from_environment()
logs.configure(settings.log_form)
flask_app = create_app(settings)
app = Admission(flask_app.wsgi_app, places=settings.threads)
