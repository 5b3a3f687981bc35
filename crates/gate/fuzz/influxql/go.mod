module jeton.dev/fuzz/influxql

go 1.18

require github.com/influxdata/influxql v1.4.1

require google.golang.org/protobuf v1.33.0 // indirect
