        <<name>> = @{
            First = <<first>>
            Endings = <<endings>>
            Options = @(
<<options>>
            )
        }
