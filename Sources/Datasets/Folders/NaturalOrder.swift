import Raster

/// The order of class names and files: runs of digits count as numbers, so "2" precedes "10".
///
/// Other characters compare by their code, so that the order is the same in every language. Names
/// that are equal as numbers ("1" and "01") are told apart by their bytes.
public func naturallyPrecedes(_ left: FilePath, _ right: FilePath) -> Bool {
  let (a, b) = (left.bytes, right.bytes)
  var (i, j) = (0, 0)
  while i < a.count && j < b.count {
    if isDigit(a[i]) && isDigit(b[j]) {
      let (first, second) = (digits(a, &i), digits(b, &j))
      if first.count != second.count { return first.count < second.count }
      if first != second { return first.lexicographicallyPrecedes(second) }
    } else {
      if a[i] != b[j] { return a[i] < b[j] }
      i += 1
      j += 1
    }
  }
  if i < a.count || j < b.count { return j < b.count }
  return a.lexicographicallyPrecedes(b)
}

private func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

/// The run of digits from `index` on, without leading zeros; `index` moves behind it.
private func digits(_ bytes: [UInt8], _ index: inout Int) -> ArraySlice<UInt8> {
  let start = index
  while index < bytes.count && isDigit(bytes[index]) { index += 1 }
  return bytes[start..<index].drop { $0 == 48 }
}
