
<<function>>() {
    local -a names=()
    local word option= current given=' ' lead= plain skip index name start=<<start>>
    for ((index = start; index < ${#words[@]} - 1; index++)); do
        word=${words[index]}
        if [[ -n $option ]]; then
            option=
            continue
        fi
        case $word in
            --) return ;;
<<valued>>
        esac
        case ${word%%=*} in
<<once>>
        esac
    done

    # Readline replaces the last part of the current word only, which it hands over as $2.
    current=${words[${#words[@]} - 1]}
    _deriv_plain "${current%"$2"}"
    skip=${#plain}
    _deriv_plain "$current"
    if [[ -z $option && $plain == --*=* ]]; then
        option=${plain%%=*}
        lead=$option=
    fi

    case $option in
        '')
            if [[ $plain == -* ]]; then
                names=(<<names>>)
            elif ((${#words[@]} == start + 1)); then
                <<first>>
            fi
            ;;
<<values>>
    esac
    for name in ${names[@]+"${names[@]}"}; do
        if [[ $lead$name == "$plain"* && ( -n $option || $given != *" $name "* ) ]]; then
            name=$lead$name
            COMPREPLY+=("${name:skip}")
        fi
    done
}
