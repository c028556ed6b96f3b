"""``zhijian fonts``: the Chinese fonts of the printed documents."""

from __future__ import annotations

import click

from webapp.printing.fonts import FontsMissing, font_files


@click.group("fonts")
def fonts_group() -> None:
    """Chinese fonts for printing."""


@fonts_group.command("fetch")
@click.option("--optional", is_flag=True, help="a failure is a sentence, not an error: the site runs without printing")
def fetch_command(*, optional: bool) -> None:
    """Get what is missing (38 MB, once); an office's own files are left alone."""
    from webapp.printing.fetching import FetchFailed, fetch

    try:
        fetch(click.echo)
    except FetchFailed as error:
        if not optional:
            raise click.ClickException(str(error)) from error
        click.echo(f"the fonts for printing are not installed: {error} Everything else works; `zhijian fonts fetch` tries again.")


@fonts_group.command("list")
def list_command() -> None:
    """Role, file and number of characters of each font; exit code 1 if one cannot be used."""
    from webapp.printing.outlines import Unprintable, count_characters

    try:
        for role, path in font_files().items():
            click.echo(f"{role:<6} {path}  {count_characters(path):,} characters")
    except FontsMissing as error:
        raise click.ClickException(str(error)) from error
    except Unprintable as error:
        raise click.ClickException(f"{role} {path}: {error}") from error
