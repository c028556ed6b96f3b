"""``python -m webapp.assets build``."""

from __future__ import annotations

import click

from webapp.assets.bundle import BuildFailed, build
from webapp.core.node import NodeMissing


@click.group()
def main() -> None:
    """Files for the browser."""


@main.command("build")
@click.option("--optional", is_flag=True, help="a failure is a sentence, not an error: the site runs without the bundle")
def build_command(*, optional: bool) -> None:
    """Build the diagram editor and htmx unless they are up to date."""
    try:
        build(say=click.echo)
    except (BuildFailed, NodeMissing) as error:
        if not optional:
            raise click.ClickException(str(error)) from error
        click.echo(f"the diagram editor is not built: {error} Everything else works; `make assets` tries again.")


if __name__ == "__main__":
    main(prog_name="python -m webapp.assets")
