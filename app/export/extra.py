"""The packages that the extra `export` installs, which a plain installation does without."""

from __future__ import annotations

from importlib import import_module

from app.errors import UserError


def need_extra(what: str, *packages: str) -> None:
    """Raises UserError where a package that `what` needs cannot be loaded."""
    for name in packages:
        try:
            import_module(name)
        except ImportError as error:
            raise UserError(
                f"{what} needs the package {name}, which cannot be loaded: {error}.",
                "Install the extra: pip install 'hookline[export]', or in a checkout "
                "pip install -e '.[export]'.",
            ) from None
