"""ProcessorGroup and every processor as gin configurables, so that a text describes a whole group.

Importing this module makes ``ProcessorGroup`` a ``@gin.configurable``, so that ``ProcessorGroup()`` takes its DAG from
gin, and makes gin know all processors as by ``@gin.register``. As in DDSP they are found by class, with or without
modules: ``@Harmonic()``, ``synths.Harmonic.n_samples = 64000``, ``@ddsp.effects.TrainableReverb()``; routing is in
``processors``. ``FIRFilter`` is that of this house: DDSP's is ``TimeVaryingFIRFilter``.

A gin text runs code: it imports modules and calls whatever is registered. Take it only from where you would take a
script; nothing in the app accepts one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from grafx_lab import processors
from grafx_lab.graph.errors import GraphError
from grafx_lab.graph.group import ProcessorGroup
from grafx_lab.paths import suggestion
from grafx_lab.processors.base import Processor
from grafx_lab.processors.registration import registry

try:
    from gin import config as gin
except ImportError as error:
    raise ImportError('gin is not installed. Install it with: pip install "grafx-lab[gin]"') from error

MODULE = "grafx_lab.ddsp"
"""What precedes the modules that gin knows; its last part lets the files of DDSP say ``@ddsp.synths.Additive()``."""

_IMPORT_OF_DDSP = re.compile(r"^[ \t]*import[ \t]+ddsp\b.*$", re.MULTILINE)
_UNKNOWN = re.compile(r"No configurable matching (?:reference )?'@?([^'()]+)")


def group_from_gin(config: str | Path, *, skip_unknown: bool | Sequence[str] = False) -> ProcessorGroup:
    """The group that a gin configuration describes. What gin is configured for otherwise has no part in it, and stays.

    Lines that import DDSP are left out: what they would register is registered here.

    Args:
        config: the text, or the path of a file (as text: ``"….gin"``). It runs code.
        skip_unknown: what to do with bindings of unknown configurables, such as the models of DDSP's own files:
            refuse them, skip all, or skip those of these names.

    Raises:
        GraphError: the configuration cannot be read, names something unknown, or does not make a group.
    """
    register_processors()
    text = _IMPORT_OF_DDSP.sub("", _text_of(config))
    with _own_configuration():
        try:
            gin.parse_config(text, skip_unknown)  # pyright: ignore[reportArgumentType]
            if "dag" not in gin.get_bindings(ProcessorGroup, resolve_references=False):
                raise GraphError("The gin configuration does not say what ProcessorGroup.dag is: bind it to a list.")
            return gin.get_configurable(ProcessorGroup)()
        except Exception as error:  # whatever the text calls may fail in any way
            raise GraphError(_sentence(error)) from error


def register_processors() -> None:
    """Let gin know the processors that were defined since this module was imported, unless it knows them already."""
    _register({cls.__name__: cls for cls in registry.values() if not _is_known(cls)})


def _register(classes: Mapping[str, type[Processor]]) -> None:
    # Running a notebook cell again defines the same class anew, which gin allows in its interactive mode.
    interactive = nullcontext() if gin._INTERACTIVE_MODE else gin.interactive_mode()
    with gin.unlock_config(), interactive:
        for name, cls in classes.items():
            kind = {"synth": "synths", "routing": "processors"}.get(cls.family, "effects")
            gin.register(name, module=f"{MODULE}.{kind}")(cls)


def _is_known(cls: type[Processor]) -> bool:
    try:
        gin.get_configurable(cls)
    except ValueError:
        return False
    return True


def _classes() -> dict[str, type[Processor]]:
    """The processors of the house by all names of their classes: ``Additive`` is ``Harmonic``."""
    classes = {name: item for name, item in vars(processors).items() if isinstance(item, type)}
    return {name: item for name, item in classes.items() if item in registry.values()}


def _text_of(config: str | Path) -> str:
    if isinstance(config, Path) or config.endswith(".gin"):
        try:
            return Path(config).read_text(encoding="utf-8")
        except OSError as error:
            raise GraphError(f"The gin file '{config}' cannot be read: {error.strerror}.") from error
    return config


@contextmanager
def _own_configuration() -> Iterator[None]:
    """A configuration of gin for a while, in place of the one that all share.

    Gin's public functions cannot put one aside: ``config_scope`` only adds to it, and what ``config_str`` writes for
    ``parse_config`` lacks the values that have no literal, the imports of modules under other names and the singletons.
    """
    shared = [gin._CONFIG, gin._IMPORTS, gin._OPERATIVE_CONFIG, gin._SINGLETONS]
    kept, locked = [content.copy() for content in shared], gin.config_is_locked()
    gin.clear_config()
    try:
        yield
    finally:
        for content, before in zip(shared, kept, strict=True):
            content.clear()
            content.update(before)
        gin._set_config_is_locked(locked)


def _sentence(error: Exception) -> str:
    message = error.message if isinstance(error, GraphError) else str(error).strip()
    unknown = _UNKNOWN.search(message)
    if unknown is not None:
        names = {cls.__name__ for cls in registry.values()} | _classes().keys() | {"ProcessorGroup"}
        hint = suggestion(unknown[1].split(".")[-1], names)
        return f"The gin configuration names '{unknown[1]}', which gin does not know.{hint}"
    if isinstance(error, GraphError):
        return message
    return f"The gin configuration makes no group: {message.splitlines()[0] if message else type(error).__name__}"


gin.configurable(ProcessorGroup, module=f"{MODULE}.processors")
_register(_classes())
