extension ExifBlock {
  /// A block that says nothing.
  static let empty = ExifBlock(Array("II*\0\u{8}\0\0\0\0\0\0\0\0\0".utf8))

  /// The text of a field of the picture, without the zeros that end it; nil where there is none.
  func text(_ tag: Int) -> [UInt8]? {
    guard let entry = main?.entries.first(where: { $0.tag == tag }) else { return nil }
    return Array(bytes[entry.value].prefix { $0 != 0 })
  }

  /// Adds fields of text to the directory of the picture, which moves to the end of the block.
  mutating func add(_ fields: [(tag: Int, text: [UInt8])]) {
    guard let main, main.link + 4 <= bytes.count else { return }
    var entries = stride(from: main.position + 2, to: main.link, by: 12).map { position in
      (tag: short(position), bytes: Array(bytes[position..<position + 12]))
    }
    let link = Array(bytes[main.link..<main.link + 4])
    for field in fields {
      let text = field.text.filter { $0 != 0 } + [0]
      if bytes.count % 2 == 1 { bytes.append(0) }
      let place = bytes.count
      // The entry is written where it can be, then taken from there: numbers in the block's order.
      bytes += [UInt8](repeating: 0, count: 12)
      setShort(field.tag, at: place)
      setShort(2, at: place + 2)
      setLong(text.count, at: place + 4)
      if text.count > 4 { setLong(place, at: place + 8) }
      var entry = Array(bytes[place...])
      if text.count <= 4 { entry.replaceSubrange(8..<8 + text.count, with: text) }
      bytes.replaceSubrange(place..., with: text.count > 4 ? text : [])
      entries.append((field.tag, entry))
    }
    if bytes.count % 2 == 1 { bytes.append(0) }
    let directory = bytes.count
    bytes += [0, 0] + entries.sorted { $0.tag < $1.tag }.flatMap(\.bytes) + link
    setShort(entries.count, at: directory)
    setLong(directory, at: 4)
  }
}
