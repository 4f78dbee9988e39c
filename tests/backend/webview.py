"""Opens a page in a WebView, from a scheme of its own, as Capacitor does on iOS and Tauri on Linux.

Its arguments are the page's address, such as capacitor://localhost/index.html, and the folder with the page's files.
It prints the page's title as soon as there is one.
"""

import mimetypes
import sys
from pathlib import Path
from urllib.parse import urlsplit

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gio, GLib, Gtk, WebKit2

address, folder = sys.argv[1:]


def serve(request):
    file = Path(folder) / request.get_path().lstrip("/")
    content = GLib.Bytes.new(file.read_bytes())
    stream = Gio.MemoryInputStream.new_from_bytes(content)
    request.finish(stream, content.get_size(), mimetypes.guess_type(file)[0])


def end(view, _):
    if view.get_title():
        print(view.get_title())
        Gtk.main_quit()


context = WebKit2.WebContext.new_ephemeral()
context.register_uri_scheme(urlsplit(address).scheme, serve)
view = WebKit2.WebView.new_with_context(context)
view.connect("notify::title", end)
Gtk.Window(child=view).show_all()
view.load_uri(address)
# A page without a title must not keep this process running.
GLib.timeout_add_seconds(40, Gtk.main_quit)
Gtk.main()
