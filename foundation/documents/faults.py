"""The codes of what a finished PDF may lack (`checks` finds them), in words for people."""

WORDS = {
    "unreadable": "it cannot be opened",
    "no-title": "it has no title",
    "no-language": "it does not say its language",
    "not-tagged": "its structure is not marked",
    "no-headings": "it has no heading",
    "first-heading": "it does not begin with its main heading",
    "skipped-heading": "a heading level is left out",
    "table-without-headers": "a table has no header cells",
    "header-without-scope": "a table header does not say what it heads",
    "figure-without-words": "a picture has no description",
    "font-not-embedded": "a typeface is not inside it",
    "carries-a-file": "it carries another file",
    "carries-a-script": "it carries a script",
}
