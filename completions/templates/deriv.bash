# <<note>>

# The words up to the cursor, joined again where bash takes them apart at "=" and ":"; sets words.
_deriv_words() {
    local line=${COMP_LINE:0:COMP_POINT} rest piece index
    words=()
    for ((index = 0; index <= COMP_CWORD; index++)); do
        rest=${line#"${line%%[![:space:]]*}"}
        piece=${COMP_WORDS[index]}
        if ((index == COMP_CWORD)); then piece=$rest; fi
        if ((index > 0)) && [[ $rest == "$line" ]]; then
            words[${#words[@]} - 1]+=$piece
        else
            words+=("$piece")
        fi
        line=${rest#"$piece"}
    done
}

# A word without its quotes and backslashes, complete or not; sets plain.
_deriv_plain() {
    local quote= letter index
    plain=
    for ((index = 0; index < ${#1}; index++)); do
        letter=${1:index:1}
        case $quote$letter in
            \' | \") quote=$letter ;;
            "''" | '""') quote= ;;
            \\ | '"\') plain+=${1:$((++index)):1} ;;
            *) plain+=$letter ;;
        esac
    done
}

# Print the directories and the files that begin with $1 and end like one of the patterns after it, each ended by a NUL.
_deriv_files() {
    local start=$1 path ending tilde= home=
    local -a found
    if [[ $start == '~/'* ]]; then
        tilde='~'
        home=${HOME-}
        start=$home${start:1}
    fi
    set +f
    shopt -u failglob
    GLOBIGNORE=
    found=("$start"*/)
    for ending in "${@:2}"; do found+=("$start"*.$ending); done
    for path in "${found[@]}"; do
        if [[ -d $path ]]; then path=${path%/}; elif [[ ! -f $path ]]; then continue; fi
        printf '%s\0' "$tilde${path#"$home"}"
    done
}

# Add to names the files and directories that go on as the word does, with one of the endings that the patterns give.
_deriv_paths() {
    local name
    compopt -o filenames 2>/dev/null  # not in bash 3, and not outside of a completion
    while IFS= read -r -d '' name; do names+=("$name"); done < <(_deriv_files "${plain#"$lead"}" "$@")
}

# Add to names the variables of the expressions that are typed so far, each with $1 behind it.
_deriv_names() {
    local word=$plain head= name index
    local -a typed=('<<naming>>' '<<others>>')
    if [[ $1 == = ]]; then compopt -o nospace 2>/dev/null; fi  # not in bash 3, and not outside of a completion
    for ((index = start; index < ${#words[@]} - 1; index++)); do
        _deriv_plain "${words[index]}"
        typed+=("$plain")
    done
    plain=$word
    word=${word#"$lead"}
    if [[ $word == *,* ]]; then head=${word%,*},; fi
    while IFS= read -r name; do
        names+=("$head$name$1")
    done < <(command deriv --complete-names "${typed[@]}" "$plain" 2>/dev/null </dev/null)
}

<<functions>>
_deriv() {
    local -a words
    local complete=_deriv_main
    COMPREPLY=()
    _deriv_words
    if ((${#words[@]} > 2)); then
        case ${words[1]} in
<<commands>>
        esac
    fi
    $complete "$@"
}

complete -F _deriv deriv
