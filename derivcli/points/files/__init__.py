"""Points from data files, and numbers into them.

A row of a CSV file goes this way. `data_files` opens the file by its row in `formats`, `text/blocks` reads bytes up to
the end of a row, `text/csv_tsv` makes a `Batch` of them, whose used columns `cells/cells_to_numbers` has read,
`kept_rows` says which rows are points, and `data_files` gives a `Part`: points, and the rows that they come from.
`pipeline` makes a `Result` of the points, `render/data_columns` makes columns of the result, and `writer` puts these
behind the columns of the input. `text/csv_tsv` again writes their cells, and `text/writer` joins them to lines.

What the file does not say of itself is a `Reading`. `guessing/` says what the first lines tell of it, and `looks/`
what `deriv data` shows.

A format is one row in `formats` and one file that reads and writes it, with the two functions of a `FormatFile`.
"""
