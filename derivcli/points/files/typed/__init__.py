"""Files whose columns have types, Parquet and Arrow, and text given types on its way there."""
