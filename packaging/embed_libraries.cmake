# SPDX-License-Identifier: Apache-2.0
# cmake -D OUT=FILE.c -D "LIBRARIES=name=path;..." -P embed_libraries.cmake
# Writes the texts of the treaty libraries as C: the array lang_libraries of src/lang/lang.h.
set(texts "")
set(rows "")
set(number 0)
foreach(library IN LISTS LIBRARIES)
    string(REGEX MATCH "^([^=]+)=(.*)$" matched "${library}")
    set(name "${CMAKE_MATCH_1}")
    file(READ "${CMAKE_MATCH_2}" bytes HEX)
    # Character constants, not a string: a string this long is more than C promises to take.
    string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${bytes}")
    string(REGEX REPLACE "('....','....','....','....','....','....','....','....','....','....','....','....',)" "\\1\n" bytes "${bytes}")
    string(APPEND texts "static const char text_${number}[] = {\n${bytes}0};\n")
    string(APPEND rows "    {\"${name}\", text_${number}, sizeof text_${number} - 1},\n")
    math(EXPR number "${number} + 1")
endforeach()
file(WRITE "${OUT}" "// SPDX-License-Identifier: Apache-2.0
// Made from the libraries' Markdown when the program is built.
#include \"lang/lang.h\"

${texts}
const struct library lang_libraries[] = {
${rows}};
const size_t lang_library_count = ${number};
")
