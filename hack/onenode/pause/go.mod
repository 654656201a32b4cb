module weir.dev/hack/onenode/pause

go 1.26.0
