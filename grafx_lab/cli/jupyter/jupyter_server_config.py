"""Settings of the JupyterLab that ``grafx-lab lab`` opens, beside the person's own. Jupyter Server reads this file.

The first message of a kernel's answer says that it is busy, the second brings what a hand waits for. Over a socket that
gathers small messages the second is held back until the browser has confirmed the first, which it does 40 ms later.
"""

from asyncio import Future

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """A kernel's line to the browser, on which no message waits for the next (``TCP_NODELAY``)."""

    def connect(self) -> Future[None] | None:
        """Begin to pass messages on."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()


settings = get_config()  # noqa: F821  # pyright: ignore[reportUndefinedVariable]: the reader of this file brings it along
settings.ServerApp.kernel_websocket_connection_class = PromptConnection
