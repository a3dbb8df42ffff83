"""How it looks: the command, the terminal, the page. No LangChain, chromadb or kubernetes in here."""
