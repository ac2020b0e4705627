        <<option>>)
            compopt -o filenames 2>/dev/null  # not in bash 3, and not outside of a completion
            while IFS= read -r -d '' name; do names+=("$name"); done < <(_deriv_files "${plain#"$lead"}" <<patterns>>)
            ;;
