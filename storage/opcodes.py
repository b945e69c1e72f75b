"""The instructions that torch's files of tensors consist of, by the names that Python's documentation has for them."""

from __future__ import annotations

PROTO, STOP = b"\x80", b"."
MARK = b"("
NONE, NEWTRUE, NEWFALSE = b"N", b"\x88", b"\x89"
BININT, BININT1, BININT2, LONG1, BINFLOAT = b"J", b"K", b"M", b"\x8a", b"G"
BINUNICODE = b"X"
EMPTY_DICT, SETITEM, SETITEMS = b"}", b"s", b"u"
EMPTY_LIST, APPEND, APPENDS = b"]", b"a", b"e"
EMPTY_TUPLE, TUPLE1, TUPLE2, TUPLE3, TUPLE = b")", b"\x85", b"\x86", b"\x87", b"t"
BINPUT, LONG_BINPUT, BINGET, LONG_BINGET = b"q", b"r", b"h", b"j"
GLOBAL, REDUCE, BUILD, BINPERSID = b"c", b"R", b"b", b"Q"
