"""The shell: lines that are typed or piped, one after another, and what each of them comes to."""
