extension ExifBlock {
  /// Takes the thumbnail out: it shows the picture as it was.
  ///
  /// Its directory and its data are overwritten with zeros, and cut off where nothing stands behind.
  mutating func removeThumbnail() {
    guard let main, main.link + 4 <= bytes.count, long(main.link) != 0 else { return }
    var places: [Range<Int>] = []
    var next = long(main.link)
    // A chain of more directories than this is a circle.
    for _ in 0..<8 {
      guard let directory = directory(at: next) else { break }
      places += self.places(of: directory) + data(of: directory)
      next = directory.link + 4 <= bytes.count ? long(directory.link) : 0
    }
    setLong(0, at: main.link)
    erase(places)
  }

  /// Takes out the values that hold a JPEG file, as maker notes may.
  ///
  /// - Returns: their tags.
  mutating func removePictures() -> [Int] {
    let starts = jpegStarts(bytes)
    if starts.isEmpty { return [] }
    var removed: [Entry] = []
    var freed: [Range<Int>] = []
    for directory in directories where directory.link + 4 <= bytes.count {
      func isPicture(_ entry: Entry) -> Bool {
        guard entry.value.count > 4 else { return false }
        let index = starts.partitioned { $0 >= entry.value.lowerBound }
        return index < starts.count && starts[index] < entry.value.upperBound
      }
      let pictures = directory.entries.filter(isPicture)
      if pictures.isEmpty { continue }
      freed.append(remove(Set(pictures.map(\.position)), from: directory))
      removed += pictures
    }
    erase(freed + removed.map(\.value))
    return removed.map(\.tag)
  }

  /// Takes out where the pixels lie on earth; whether that was said.
  mutating func removeGeoreference() -> Bool {
    guard let main, main.link + 4 <= bytes.count else { return false }
    let entries = main.entries.filter { Tag.georeference.contains($0.tag) }
    if entries.isEmpty { return false }
    let freed = remove(Set(entries.map(\.position)), from: main)
    erase([freed] + entries.map(\.value).filter { $0.count > 4 })
    return true
  }

  /// Takes entries out of a directory; those behind them, and the link, move up.
  ///
  /// - Returns: the place that is free now.
  private mutating func remove(_ positions: Set<Int>, from directory: Directory) -> Range<Int> {
    var target = directory.position + 2
    for position in stride(from: target, to: directory.link, by: 12)
    where !positions.contains(position) {
      for index in 0..<12 { bytes[target + index] = bytes[position + index] }
      target += 12
    }
    for index in 0..<4 { bytes[target + index] = bytes[directory.link + index] }
    setShort((target - directory.position) / 12, at: directory.position)
    return target + 4..<directory.link + 4
  }

  /// Where a directory and those of its values stand that have a place of their own.
  private func places(of directory: Directory) -> [Range<Int>] {
    [directory.position..<min(directory.link + 4, bytes.count)]
      + directory.entries.map(\.value).filter { $0.count > 4 }
  }

  /// Where the data of a thumbnail stand: a JPEG file, or strips.
  private func data(of directory: Directory) -> [Range<Int>] {
    [(Tag.thumbnail, Tag.thumbnailBytes), (Tag.stripOffsets, Tag.stripBytes)].flatMap {
      offsets, counts -> [Range<Int>] in
      guard let offsets = directory.entries.first(where: { $0.tag == offsets }),
        let counts = directory.entries.first(where: { $0.tag == counts })
      else { return [] }
      return (0..<min(offsets.count, counts.count)).compactMap { index in
        guard let start = number(offsets, index), let count = number(counts, index),
          start <= bytes.count
        else { return nil }
        return start..<min(start + count, bytes.count)
      }
    }
  }

  /// Overwrites places with zeros, except where something of the picture itself stands; zeros at
  /// the end are cut off.
  private mutating func erase(_ places: [Range<Int>]) {
    let isErased = covered(places)
    let isKept = covered([0..<8] + directories.flatMap { self.places(of: $0) })
    var end = 0
    for index in bytes.indices {
      if isErased[index] && !isKept[index] { bytes[index] = 0 } else { end = index + 1 }
    }
    bytes.removeLast(bytes.count - end)
  }

  /// Which bytes lie in any of the places, in time linear in both.
  private func covered(_ places: [Range<Int>]) -> [Bool] {
    var changes = [Int](repeating: 0, count: bytes.count + 1)
    for place in places {
      changes[place.lowerBound] += 1
      changes[place.upperBound] -= 1
    }
    var depth = 0
    return bytes.indices.map { index in
      depth += changes[index]
      return depth > 0
    }
  }
}

extension [Int] {
  /// The first index from which on `isBehind` holds, or `count`; it holds for no element before one
  /// for which it does not.
  fileprivate func partitioned(_ isBehind: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// Where JPEG files begin among the bytes: their first marker, a segment, and a marker behind it.
func jpegStarts(_ bytes: [UInt8]) -> [Int] {
  func isMarker(_ at: Int) -> Bool {
    at + 4 <= bytes.count && bytes[at] == 0xff && (0xc0...0xfe).contains(bytes[at + 1])
  }
  return bytes.indices.filter { at in
    guard bytes[at] == 0xff, at + 2 < bytes.count, bytes[at + 1] == 0xd8, isMarker(at + 2) else {
      return false
    }
    return isMarker(at + 4 + (Int(bytes[at + 4]) << 8 | Int(bytes[at + 5])))
  }
}
