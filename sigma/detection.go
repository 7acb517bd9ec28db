package sigma

type detection struct{}
