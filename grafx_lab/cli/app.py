"""``grafx-lab app``: the app in the browser."""

from argparse import ArgumentParser, Namespace

from grafx_lab.cli.exit_status import DONE

HELP = "open the app in the browser"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the words that the command understands."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=7860, help="port to listen on, or the next free one (default: %(default)s)"
    )
    parser.add_argument("--no-browser", action="store_true", help="only print the address")


def run(arguments: Namespace) -> int:
    """Serve until Ctrl-C."""
    # Gradio takes seconds to import, and no other command needs it.
    from grafx_lab.app import launch

    launch(host=arguments.host, port=arguments.port, open_browser=not arguments.no_browser)
    return DONE
