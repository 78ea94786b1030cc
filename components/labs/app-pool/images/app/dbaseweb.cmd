@rem What it takes to launch an instance: the product's variables, from the environment or as they were installed.
@if not defined SSROOT set "SSROOT=C:\dbase"
@if not defined SSROOTX set "SSROOTX=C:\dbase-data"
@powershell -NoProfile -NonInteractive -ExecutionPolicy Bypass -File "%SSROOT%\bin\dbase.ps1"
