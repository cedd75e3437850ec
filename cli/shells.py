"""How bash, zsh and fish ask what fits behind the cursor, and how they are answered.

The scripts hand over the command line up to the cursor, and get one line for each thing that fits:
``plain``, ``dir`` or ``file``, then value and help, or path and what is before it, with tabs
between. Those that click brings cut what holds a comma, and know no ``--option=value``.
"""

from __future__ import annotations

import os
from typing import ClassVar

from click.shell_completion import (
    CompletionItem,
    ShellComplete,
    add_completion_class,
    split_arg_string,
)

_LINE = "_CARTFUZZ_LINE"
"""The command line up to the cursor."""
_WORD = "_CARTFUZZ_WORD"
"""In bash, the part before the cursor that a value replaces: what follows a ``=``."""
_CURSOR = "\x01"

_BASH = """\
_cartfuzz_completion() {
    local kind value rest
    COMPREPLY=()
    while IFS=$'\\t' read -r kind value rest; do
        case $kind in
            dir) compopt -o dirnames 2>/dev/null ;;
            file) compopt -o default 2>/dev/null ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done < <(_CARTFUZZ_COMPLETE=bash_complete _CARTFUZZ_LINE="${COMP_LINE:0:COMP_POINT}" \\
        _CARTFUZZ_WORD="$2" "$1" 2>/dev/null)
}
complete -o nosort -F _cartfuzz_completion cartfuzz 2>/dev/null ||
    complete -o default -F _cartfuzz_completion cartfuzz
"""
_ZSH = """\
#compdef cartfuzz
_cartfuzz_completion() {
    local kind value rest line
    local -a plain described
    line="${(pj:\\n:)words[1,CURRENT-1]}"$'\\n'"$QIPREFIX$PREFIX"
    while IFS=$'\\t' read -r kind value rest; do
        case $kind in
            dir) compset -P '--*='; _path_files -/ ;;
            file) compset -P '--*='; _path_files ;;
            plain)
                if [[ -n $rest ]]; then
                    described+=("${value//:/\\\\:}:$rest")
                else
                    plain+=("$value")
                fi ;;
        esac
    done < <(_CARTFUZZ_COMPLETE=zsh_complete _CARTFUZZ_LINE="$line" ${(Q)words[1]} 2>/dev/null)
    (( $#described )) && _describe -V cartfuzz described -U
    (( $#plain )) && compadd -U -V cartfuzz -a plain
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _cartfuzz_completion "$@"
else
    compdef _cartfuzz_completion cartfuzz
fi
"""
_FISH = """\
function _cartfuzz_completion
    set -l line (commandline -cp | string collect)
    for row in (env _CARTFUZZ_COMPLETE=fish_complete _CARTFUZZ_LINE="$line" cartfuzz 2>/dev/null)
        set -l part (string split --max 2 \\t -- $row)
        switch $part[1]
            case dir
                for path in (__fish_complete_directories $part[2])
                    printf '%s\\n' $part[3]$path
                end
            case file
                for path in (__fish_complete_path $part[2])
                    printf '%s\\n' $part[3]$path
                end
            case plain
                printf '%s\\t%s\\n' $part[2] $part[3]
        end
    end
end
complete --no-files --keep-order --command cartfuzz --arguments "(_cartfuzz_completion)"
"""


class _Shell(ShellComplete):
    """What the three have in common."""

    def source(self) -> str:
        return self.source_template

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one at the cursor, and the beginning of that."""
        *words, last = split_arg_string(os.environ.get(_LINE, "") + _CURSOR)
        while words and "=" in words[0]:  # a variable of the command
            words.pop(0)
        return words[1:], last.removesuffix(_CURSOR)

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """Whole words, so with the option where it is ``--option=value``."""
        found = super().get_completions(args, incomplete)
        option, equals, _ = incomplete.partition("=")
        if option.startswith("--") and equals:
            for item in found:
                if item.type == "plain":
                    item.value = f"{option}={item.value}"
                else:
                    item.help = f"{option}="
        return found

    def format_completion(self, item: CompletionItem[str]) -> str:
        return "\t".join(
            " ".join(text.split()) for text in (item.type, item.value, item.help or "")
        )


class _Bash(_Shell):
    """Replaces what is behind a ``=`` alone, since bash takes that for a word."""

    name: ClassVar[str] = "bash"
    source_template: ClassVar[str] = _BASH

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        found = super().get_completions(args, incomplete)
        before = incomplete.removesuffix(os.environ.get(_WORD, incomplete))
        for item in found:
            item.value = item.value.removeprefix(before)
        return found


class _Zsh(_Shell):
    name: ClassVar[str] = "zsh"
    source_template: ClassVar[str] = _ZSH


class _Fish(_Shell):
    name: ClassVar[str] = "fish"
    source_template: ClassVar[str] = _FISH


SHELLS = {"bash": _Bash, "zsh": _Zsh, "fish": _Fish}


def serve_shells() -> None:
    """Has click answer these shells in this way."""
    for shell in SHELLS.values():
        add_completion_class(shell)
