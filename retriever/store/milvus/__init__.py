"""A library that many machines share, held and searched by Milvus: the other form of what `seam` asks."""
