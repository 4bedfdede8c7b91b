#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The manual page and the completions have every command and option of --help, are well-formed, and complete in real shells: bash, and zsh
and fish where they are installed.

usage: command_line.py TRICYCLE [--all-tools]
--all-tools: fails where a shell or a checker of manual pages is not installed
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

# A line as one types it, and what must, and must not, be offered for its last word.
CASES = (
    ("tricycle ", {"run", "compare", "invert", "completion"}, {"hexagon_like"}),
    ("tricycle com", {"compare", "completion"}, {"run"}),
    ("tricycle --v", {"--version"}, set()),
    ("tricycle run ", {"hexagon_like", "edge_16x16", "own.yaml"}, {"gdn_lm_c64", "compare"}),
    ("tricycle run hexa", {"hexagon_like"}, {"edge_16x16", "own.yaml"}),
    ("tricycle run hexagon_like ", {"gdn_lm_c64", "iid_c16", "own.yaml"}, {"edge_16x16"}),
    ("tricycle run hexagon_like gdn_lm_c64 --", {"--algorithm", "--json", "--set"}, {"--tolerance"}),
    ("tricycle run hexagon_like --algorithm block_d", {"block_doubling"}, {"forward_substitution"}),
    ("tricycle run hexagon_like --algorithm=block_d", {"block_doubling"}, {"forward_substitution"}),
    ("tricycle run --format fp16 hexagon_like gdn", {"gdn_lm_c64"}, {"gemmini_like"}),
    ("tricycle run --fidelity ", {"tile", "pe"}, {"hexagon_like"}),
    ("tricycle run --set systolic_array.r", {"systolic_array.rows="}, {"systolic_array.cols="}),
    ("tricycle run hexagon_like --set systolic_array.rows=8 gdn_lm", {"gdn_lm_c64"}, {"gemmini_like"}),
    ("tricycle compare hexagon_like edge_16x16 gdn", {"gdn_lm_c64"}, set()),
    ("tricycle compare --formats fp16,int", {"fp16,int8", "fp16,int16"}, {"fp16,bf16"}),
    ("tricycle tune hexagon_like gdn_lm_c64 --metric y_", {"y_snr_db", "y_rel_error"}, {"rel_error"}),
    ("tricycle layer hexagon_like qwen", {"qwen3_5_0_8b"}, set()),
    ("tricycle layer --mode fla", {"fla_bf16"}, {"fp32"}),
    ("tricycle list ", {"algorithms", "columns"}, {"hexagon_like", "own.yaml"}),
    ("tricycle describe ", {"hw", "grid"}, {"edge_16x16"}),
    ("tricycle vector hexagon_like --op row_", {"row_sum", "row_max"}, {"add"}),
    ("tricycle sweep qu", {"quick"}, {"hexagon_like"}),
    ("tricycle perplexity fol", {"folder"}, {"own.yaml"}),
    ("tricycle completion ", {"bash", "zsh", "fish"}, set()),
)
# What one shell does otherwise: fish does not count places, and takes a lone option for what follows "=".
NOT_IN_FISH = ("tricycle run ", "tricycle run hexagon_like ", "tricycle describe ", "tricycle run --format fp16 hexagon_like gdn",
               "tricycle run hexagon_like --set systolic_array.rows=8 gdn_lm", "tricycle perplexity fol")

BASH = """source "$1"
COMP_LINE=$2 COMP_POINT=${#2}
read -ra words <<<"${2//=/ = }"
[[ $2 != *' ' ]] || words+=('')
COMP_WORDS=("${words[@]}") COMP_CWORD=$((${#words[@]} - 1))
_tricycle tricycle
printf '%s\\n' "${COMPREPLY[@]}"
"""

# A shell on a terminal of its own, at whose Tab key compadd prints what it would offer.
ZSH = r"""zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "source $1/capture.zsh $1; cd $3; print '<rea''dy>'"
while zpty -r z line; do [[ $line == *"<ready>"* ]] && break; done
zpty -w -n z "$2"$'\t'
while zpty -r z line; do
  print -r -- $line
  [[ $line == *"<end>"* ]] && break
done
"""
ZSH_CAPTURE = r"""PROMPT=
fpath=($1 $fpath)
autoload -U compinit; compinit -u -D
zstyle ':completion:*' insert-tab false
bindkey '^I' complete-word
comppostfuncs=(end-of-it)
end-of-it() { print '<end>'; exit }
compadd() {
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
  local -a found
  builtin compadd -A found "$@"
  (( $#found )) && print -l -- "<"${^found}">"
}
"""

def installed(tool):
    if shutil.which(tool):
        return True
    if "--all-tools" in sys.argv[2:]:
        sys.exit(f"{tool} is not installed")
    print(f"{tool}: not installed, not tried")
    return False


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120, **options)
    assert done.returncode == 0 and not done.stderr, f"{command}: status {done.returncode}: {done.stderr}{done.stdout[-2000:]}"
    return done.stdout


def options_of(tricycle, *command):
    return set(re.findall(r"(?<=[ ,])--[a-z][a-z-]*", run(tricycle, *command, "--help").partition("Examples")[0].partition("To begin")[0]))


def check_page(tricycle, commands, scratch):
    page = scratch / "tricycle.1"
    page.write_text(run(tricycle, "man"))
    words = page.read_text().replace("\\-", "-")
    for command, options in commands.items():
        section = words.partition(f"\n.SS {command}\n")[2].partition("\n.SS ")[0] if command else words.partition("\n.SS ")[0]
        for option in options:
            assert f"\\fB{option}\\fR" in section, f"tricycle.1: {command} has no {option}"
        assert not command or f"\n  tricycle {command} " in section or command == "man", f"tricycle.1: {command} has no examples"
    lints = {"groff": ("-man", "-Tutf8", "-ww", "-z"), "mandoc": ("-Tlint", "-Wwarning"), "man": ("--warnings", "-l")}
    for lint, arguments in lints.items():
        if installed(lint):
            told = run(lint, *arguments, page, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANPAGER": "cat"})
            assert lint == "man" or not told, told
            print(f"tricycle.1: {lint} has nothing to say against it")
    # Where nobody installs these the page is still no plain text.
    assert all(line.split()[0] in (".TH", ".SH", ".SS", ".TP", ".PP", ".br", ".nf", ".fi", ".B", ".I", ".IR", ".RI", '.\\"')
               for line in words.splitlines() if line.startswith(".")), "a request nobody wrote"


def check_cases(shell, offered):
    cases = [case for case in CASES if shell != "fish" or case[0] not in NOT_IN_FISH]
    for line, wanted, unwanted in cases:
        there = offered(line)
        if shell == "zsh":  # what stands before and behind a word is not offered but added
            wanted, unwanted = ({word.rpartition(",")[2].rstrip("=") for word in words} for words in (wanted, unwanted))
        assert wanted <= there and not unwanted & there, f"{shell}, {line!r}: expected {wanted} and not {unwanted}, got {sorted(there)}"
    print(f"{shell}: {len(cases)} lines completed")


def check_shells(tricycle, commands, scratch):
    scripts = {}
    for shell, name in {"bash": "tricycle", "zsh": "_tricycle", "fish": "tricycle.fish"}.items():
        scripts[shell] = scratch / name
        scripts[shell].write_text(run(tricycle, "completion", shell))
        words = scripts[shell].read_text()
        for command, options in commands.items():
            for option in options:
                assert (f"-l {option[2:]} " if shell == "fish" else option) in words, f"{shell}: {command} has no {option}"
    folder = scratch / "here"
    folder.mkdir()
    (folder / "own.yaml").touch()
    (folder / "folder").mkdir()
    run("bash", "-n", scripts["bash"])
    check_cases("bash", lambda line: set(run("bash", "-uc", BASH, "bash", scripts["bash"], line, cwd=folder).splitlines()))
    if installed("zsh"):
        run("zsh", "-n", scripts["zsh"])
        (scratch / "capture.zsh").write_text(ZSH_CAPTURE)
        check_cases("zsh", lambda line: set(re.findall(r"<([^<>\n\r]+)>", run("zsh", "-fc", ZSH, "zsh", scratch, line, folder))))
    if installed("fish"):
        run("fish", "--no-execute", scripts["fish"])
        check_cases("fish", lambda line: {found.split("\t")[0].rpartition("=" if "=block" in found else "\0")[2] for found in run(
            "fish", "--no-config", "-c", "source $argv[1]; complete -C $argv[2]", scripts["fish"], line, cwd=folder).splitlines()})


def main():
    tricycle = pathlib.Path(sys.argv[1]).resolve()
    names = re.findall(r"^  ([\w-]+)  ", run(tricycle, "--help").partition("Subcommands:")[2], re.MULTILINE)
    assert len(names) >= 15, names
    commands = {name: options_of(tricycle, name) for name in names} | {"": options_of(tricycle)}
    with tempfile.TemporaryDirectory() as folder:
        check_page(tricycle, commands, pathlib.Path(folder))
        check_shells(tricycle, commands, pathlib.Path(folder))
    print("all as expected")


if __name__ == "__main__":
    main()
