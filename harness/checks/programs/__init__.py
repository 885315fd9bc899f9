"""Programs that checks run in a room: clients on its computer, servers in the Internet around it."""
