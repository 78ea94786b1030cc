from guestbook.server import main

main()
