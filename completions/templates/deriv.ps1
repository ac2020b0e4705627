# <<note>>

Register-ArgumentCompleter -Native -CommandName deriv -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # By command, the main one having no name: what its first word may be, and its options.
    $commands = @{
<<commands>>
    }

    # The words up to the cursor as they are written; nothing in them is expanded.
    $words = @()
    $current = ''
    foreach ($element in @($commandAst.CommandElements | Select-Object -Skip 1)) {
        $length = $cursorPosition - $element.Extent.StartOffset
        if ($length -le 0) { break }
        if ($element.Extent.EndOffset -ge $cursorPosition) {
            $current = $element.Extent.Text.Substring(0, $length) -replace '^[''"]', ''
        } elseif ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) {
            $words += $element.Value
        } else {
            $words += $element.Extent.Text -replace '^"|"$', ''
        }
    }

    $command = $commands['']
    $start = 0
    if ($words.Count -gt 0 -and $words[0] -and $commands.ContainsKey($words[0])) {
        $command = $commands[$words[0]]
        $start = 1
    }
    $given = @()
    $typed = @()
    $option = $null
    foreach ($word in @($words | Select-Object -Skip $start)) {
        if ($option) {
            $typed += $option.Names[0] + '=' + $word
            $option = $null
            continue
        }
        if ($word -ceq '--') { return }
        $name = ($word -split '=', 2)[0]
        $known = @($command.Options | Where-Object { $_.Names -ccontains $name })[0]
        if ($known -and $known.Once) { $given += $known.Names }
        if ($known -and $known.Value -and $word -ceq $name) { $option = $known } else { $typed += $word }
    }
    $lead = ''
    if (-not $option -and $current -cmatch '^(--[a-z-]+)=') {
        $name = $Matches[1]
        $option = @($command.Options | Where-Object { $_.Value -and $_.Names -ccontains $name })[0]
        $lead = $name + '='
        if (-not $option) { return }
    }
    $value = $current.Substring($lead.Length)

    # What is offered, and what is told of it.
    $offers = @()
    $endings = @()
    if ($option) {
        $endings = $option.Endings
        foreach ($choice in $option.Choices) { $offers += , @($choice, $option.Help) }
        $program = Get-Command deriv -CommandType Application -TotalCount 1 -ErrorAction Ignore
        if ($null -ne $option.BehindName -and $program) {
            $head = if ($value -match '^.*,') { $Matches[0] } else { '' }
            # The value stands behind its option and is no word by itself, since an empty one may be lost.
            $typed += $option.Names[0] + '=' + $value
            foreach ($name in @(& $program.Source --complete-names '<<naming>>' '<<others>>' @typed 2>$null)) {
                $offers += , @(($head + $name + $option.BehindName), $option.Help)
            }
        }
    } elseif ($current.StartsWith('-')) {
        foreach ($known in $command.Options) {
            foreach ($name in $known.Names) {
                if ($given -cnotcontains $name) { $offers += , @($name, $known.Help) }
            }
        }
    } elseif ($words.Count -eq $start) {
        $endings = $command.Endings
        foreach ($name in $command.First) { $offers += , @($name, $name) }
    }
    if ($endings) {
        $folder = if ($value -match '^.*[\\/]') { $Matches[0] } else { '' }
        $place = if ($folder) { $folder } else { '.' }
        Get-ChildItem -LiteralPath $place -ErrorAction Ignore |
            Where-Object { $_.PSIsContainer -or $endings -contains $_.Extension.TrimStart('.') } |
            ForEach-Object { $offers += , @(($folder + $_.Name), $_.Name) }
    }

    # What is replaced is the last part of the current word only.
    $kept = ''
    $exactly = [System.StringComparison]::Ordinal
    if ($current.EndsWith($wordToComplete, $exactly)) { $kept = $current.Substring(0, $current.Length - $wordToComplete.Length) }
    foreach ($offer in $offers) {
        $text = $lead + $offer[0]
        if (-not $text.StartsWith($current, $exactly)) { continue }
        $text = $text.Substring($kept.Length)
        if ($text -match '[^\w=./\\:~+-]') { $text = '''' + ($text -replace '''', '''''') + '''' }
        [System.Management.Automation.CompletionResult]::new($text, $offer[0], 'ParameterValue', $offer[1])
    }
}
