# <<note>>

function __deriv_is -d 'Whether this is the command that is typed, the main one having no name'
    set -l tokens (commandline -cpo)
    set -l command ''
    if test (count $tokens) -gt 1; and contains -- $tokens[2] <<commands>>
        set command $tokens[2]
    end
    test "$command" = "$argv[1]"
end

function __deriv_first -d 'Whether the word is the first of the command, whose name if any counts'
    set -l tokens (commandline -cpo)
    __deriv_is "$argv[1]"; and test (count $tokens) -eq (test -n "$argv[1]"; and echo 2; or echo 1)
end

function __deriv_lacks -d 'Whether none of these options was given, but for one that awaits its value'
    set -l tokens (commandline -cpo)
    if contains -- $tokens[-1] <<naming>> <<others>>
        set -e tokens[-1]
    end
    for token in $tokens
        if contains -- (string replace -r '=.*' '' -- $token) $argv
            return 1
        end
    end
    return 0
end

function __deriv_files -d 'Directories and the files with one of these endings'
    set -l start (commandline -ct | string replace -r '^--[a-z-]+=' '' | string collect)
    for path in (complete -C "'' $start" | string match -er '(?i)(?:/|\.(?:'(string join '|' $argv)'))$')
        if test -e (string replace -r '^~(?=/)' ~ -- $path)
            printf '%s\t\n' $path
        end
    end
end

function __deriv_names -d 'Variables of the expressions that are typed so far, with the argument behind each'
    set -l tokens (commandline -cpo)
    set -l current (commandline -ct | string replace -ra '[\'"\\\\]' '' | string collect)
    set -l head (string replace -r '^--[a-z-]+=' '' -- $current | string match -r '^.*,')
    if contains -- "$tokens[2]" <<commands>>
        set -e tokens[2]
    end
    for name in (command deriv --complete-names '<<naming>>' '<<others>>' $tokens[2..] "$current" 2>/dev/null </dev/null)
        printf '%s%s%s\t\n' "$head" $name "$argv"
    end
end

complete -c deriv -f
<<options>>
