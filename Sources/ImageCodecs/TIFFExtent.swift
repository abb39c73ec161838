/// How far a TIFF file is used: by its directories, their values, and the pixels that they speak of.
struct TIFFExtent {
  /// Where the file ends as far as it is used; nil where that is not said.
  var end: Int? { isKnown ? last : nil }
  /// Whether the last page is followed by one of those before it.
  private(set) var isLoop = false
  private var last = 8
  private let origin: TIFFDirectory.Origin
  private var visited: Set<Int> = []
  /// Whether all that is used is known.
  private var isKnown = true

  private enum Tag {
    /// Places and lengths of strips, tiles, free space and a thumbnail.
    static let extents = [(273, 279), (324, 325), (288, 289), (513, 514)]
    /// Places of other directories.
    static let directories: Set = [330, 400, 34665, 34853, 40965]
  }

  /// - Parameter source: seekable; nil for what does not begin as TIFF does.
  init?(of source: SourceHandle, _ limits: Limits) {
    func read(_ offset: Int, _ count: Int) -> [UInt8]? {
      guard offset >= 0, count >= 0, count <= limits.metadataBytes, source.seek(to: offset)
      else { return nil }
      return try? source.bytes(count, of: .tiff, "")
    }
    guard let head = read(0, 16), head[0] == head[1] else { return nil }
    let isLittle = head[0] == UInt8(ascii: "I")
    let isBig = head[isLittle ? 2 : 3] == 43
    let origin = TIFFDirectory.Origin(
      isLittleEndian: isLittle, isBig: isBig, left: limits.metadataBytes, read: read)
    self.origin = origin
    walk(from: origin.number(isBig ? head[8..<16] : head[4..<8]), depth: 0)
  }

  /// Takes the directory at an offset, those below it, and those that follow.
  private mutating func walk(from offset: Int, depth: Int) {
    let (countSize, entrySize, wordSize) = origin.isBig ? (8, 20, 8) : (2, 12, 4)
    var offset = offset
    while offset != 0 {
      guard depth < 4, visited.count < 1 << 16 else {
        isKnown = false
        return
      }
      guard visited.insert(offset).inserted else {
        if depth == 0 { isLoop = true }
        return
      }
      guard
        let count = origin.number(at: offset, countSize), count <= 4096,
        let entries = origin.read(offset + countSize, count * entrySize + wordSize)
      else { return }
      use(offset, countSize + entries.count)
      var numbers: [Int: [Int]] = [:]
      for start in stride(from: 0, to: count * entrySize, by: entrySize) {
        take(entries[start..<start + entrySize], wordSize, &numbers)
      }
      for (places, lengths) in Tag.extents {
        guard let places = numbers[places] else { continue }
        guard let lengths = numbers[lengths], lengths.count == places.count,
          !lengths.contains(0)
        else {
          isKnown = false
          return
        }
        for (place, length) in zip(places, lengths) { use(place, length) }
      }
      for tag in Tag.directories {
        for place in numbers[tag] ?? [] { walk(from: place, depth: depth + 1) }
      }
      offset = origin.number(entries[(count * entrySize)...])
    }
  }

  /// Takes an entry of a directory, and the numbers that are places or lengths.
  private mutating func take(
    _ entry: ArraySlice<UInt8>, _ wordSize: Int, _ numbers: inout [Int: [Int]]
  ) {
    let start = entry.startIndex
    let tag = origin.number(entry[start..<start + 2])
    let size = TIFFDirectory.size(ofType: origin.number(entry[start + 2..<start + 4]))
    let count = origin.number(entry[start + 4..<start + 4 + wordSize])
    let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
    guard size > 0, count > 0, !overflow else { return }
    let value = start + 4 + wordSize
    let place = origin.number(entry[value..<value + wordSize])
    if bytes > wordSize { use(place, bytes) }
    let isPlace = Tag.directories.contains(tag)
    guard isPlace || Tag.extents.contains(where: { $0 == tag || $1 == tag }) else { return }
    let numbersThere =
      bytes <= wordSize ? Array(entry[value..<value + bytes]) : origin.read(place, bytes)
    guard let numbersThere else {
      isKnown = false
      return
    }
    numbers[tag] = stride(from: 0, to: bytes, by: size).map {
      origin.number(numbersThere[$0..<$0 + size])
    }
  }

  private mutating func use(_ place: Int, _ count: Int) {
    let (sum, overflow) = place.addingReportingOverflow(count)
    if overflow { isKnown = false } else { last = max(last, sum) }
  }
}
