        <<name>> = @{
            First = <<first>>
            Options = @(
<<options>>
            )
        }
