// Reads a JSON array of InfluxQL texts, and writes for each that Go's parser accepts the privileges that it requires and
// every database that its syntax tree names.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"

	"github.com/influxdata/influxql"
)

type privilege struct {
	Admin     bool   `json:"admin"`
	Database  string `json:"database"`
	Privilege string `json:"privilege"`
}

type row struct {
	Text       string      `json:"text"`
	Databases  []string    `json:"databases"`
	Policies   []string    `json:"policies"`
	Privileges []privilege `json:"privileges"`
}

func main() {
	var texts []string
	if err := json.NewDecoder(os.Stdin).Decode(&texts); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Print("[")
	separator := "\n"
	for _, text := range texts {
		if row, ok := read(text); ok {
			var line strings.Builder
			encoder := json.NewEncoder(&line)
			encoder.SetEscapeHTML(false)
			encoder.Encode(row)
			fmt.Print(separator, strings.TrimSpace(line.String()))
			separator = ",\n"
		}
	}
	fmt.Println("\n]")
}

func read(text string) (row, bool) {
	query, err := influxql.ParseQuery(text)
	if err != nil {
		return row{}, false
	}
	names := map[string]map[string]bool{"Database": {}, "RetentionPolicy": {}}
	privileges := []privilege{}
	for _, statement := range query.Statements {
		collect(reflect.ValueOf(statement), names)
		required, err := statement.RequiredPrivileges()
		if err != nil {
			return row{}, false
		}
		for _, one := range required {
			privileges = append(privileges, privilege{one.Admin, one.Name, one.Privilege.String()})
		}
	}
	return row{text, sorted(names["Database"]), sorted(names["RetentionPolicy"]), privileges}, true
}

func sorted(names map[string]bool) []string {
	list := []string{}
	for name := range names {
		list = append(list, name)
	}
	sort.Strings(list)
	return list
}

// collect adds the values of the fields of a syntax tree that have a name of the map.
func collect(value reflect.Value, names map[string]map[string]bool) {
	switch value.Kind() {
	case reflect.Interface, reflect.Pointer:
		if !value.IsNil() {
			collect(value.Elem(), names)
		}
	case reflect.Slice:
		for i := 0; i < value.Len(); i++ {
			collect(value.Index(i), names)
		}
	case reflect.Struct:
		for i := 0; i < value.NumField(); i++ {
			field := value.Type().Field(i)
			if !field.IsExported() {
				continue
			}
			if values, ok := names[field.Name]; ok && value.Field(i).Kind() == reflect.String {
				if name := value.Field(i).String(); name != "" {
					values[name] = true
				}
			} else {
				collect(value.Field(i), names)
			}
		}
	}
}
