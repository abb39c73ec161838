/// An XMP packet: RDF in XML (ISO 16684-1), of which single properties are changed in place.
///
/// A property is an attribute or an element, whatever prefix stands for its namespace. What is no
/// XML is left as it is.
struct XMPPacket {
  private(set) var bytes: [UInt8]
  private var tags: [Tag] = []
  /// The namespaces of prefixes.
  private var namespaces: [[UInt8]: [UInt8]] = [:]

  enum Namespace {
    static let rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    static let basic = "http://ns.adobe.com/xap/1.0/"
    static let tiff = "http://ns.adobe.com/tiff/1.0/"
    static let exif = "http://ns.adobe.com/exif/1.0/"
    static let note = "http://ns.adobe.com/xmp/note/"
    static let camera = "http://ns.google.com/photos/1.0/camera/"
  }

  private struct Attribute {
    let prefix: [UInt8]
    let name: [UInt8]
    /// From the white space before it to the closing quote.
    let place: Range<Int>
    let value: Range<Int>
  }

  private struct Tag {
    enum Kind { case start, end, empty }
    let kind: Kind
    let prefix: [UInt8]
    let name: [UInt8]
    /// From `<` to behind `>`.
    let place: Range<Int>
    let attributes: [Attribute]
  }

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    scan()
  }

  private func isIn(_ prefix: [UInt8], _ namespace: String) -> Bool {
    namespaces[prefix].map { $0 == Array(namespace.utf8) } ?? false
  }

  /// Whether any property is of this namespace.
  func uses(_ namespace: String) -> Bool {
    tags.contains { tag in
      isIn(tag.prefix, namespace) || tag.attributes.contains { isIn($0.prefix, namespace) }
    }
  }

  /// Gives a property another value, wherever it stands already.
  mutating func set(_ namespace: String, _ name: String, to value: String) {
    replace(places(namespace, name), with: Array(value.utf8))
  }

  /// The values of a property, in the order in which they stand.
  func values(_ namespace: String, _ name: String) -> [String] {
    places(namespace, name).map { String(decoding: bytes[$0], as: UTF8.self) }
  }

  /// Adds descriptions behind all others; what has no place for them stays as it is.
  ///
  /// - Parameter text: made of the prefix that stands for RDF.
  mutating func add(_ text: (String) -> String) {
    let name = Array("RDF".utf8)
    let end = tags.last { $0.kind == .end && $0.name == name && isIn($0.prefix, Namespace.rdf) }
    guard let end else { return }
    let place = end.place.lowerBound
    replace([place..<place], with: Array(text(String(decoding: end.prefix, as: UTF8.self)).utf8))
  }

  /// Where the values of a property stand.
  private func places(_ namespace: String, _ name: String) -> [Range<Int>] {
    let name = Array(name.utf8)
    var places: [Range<Int>] = []
    for (index, tag) in tags.enumerated() {
      places += tag.attributes.filter { isIn($0.prefix, namespace) && $0.name == name }.map(\.value)
      if tag.kind == .start, isIn(tag.prefix, namespace), tag.name == name,
        index + 1 < tags.count, tags[index + 1].kind == .end
      {
        places.append(tag.place.upperBound..<tags[index + 1].place.lowerBound)
      }
    }
    return places
  }

  /// Takes properties of a namespace out, with all that stands within them.
  ///
  /// - Parameter isNamed: which of them, by name; nil for all, and the declaration of the prefix.
  mutating func remove(_ namespace: String, where isNamed: ((String) -> Bool)? = nil) {
    func isMeant(_ prefix: [UInt8], _ name: [UInt8]) -> Bool {
      isIn(prefix, namespace) && isNamed?(String(decoding: name, as: UTF8.self)) ?? true
        || isNamed == nil && prefix == Self.declaration && isIn(name, namespace)
    }
    var places: [Range<Int>] = []
    var index = 0
    while index < tags.count {
      let tag = tags[index]
      index += 1
      if tag.kind == .end { continue }
      guard isMeant(tag.prefix, tag.name) else {
        places += tag.attributes.filter { isMeant($0.prefix, $0.name) }.map(\.place)
        continue
      }
      var depth = tag.kind == .start ? 1 : 0
      var end = tag.place.upperBound
      while depth > 0, index < tags.count {
        depth += tags[index].kind == .start ? 1 : tags[index].kind == .end ? -1 : 0
        end = tags[index].place.upperBound
        index += 1
      }
      places.append(tag.place.lowerBound..<end)
    }
    replace(places, with: [])
  }

  /// - Parameter places: in order, apart.
  private mutating func replace(_ places: [Range<Int>], with text: [UInt8]) {
    if places.isEmpty { return }
    var result: [UInt8] = []
    var done = 0
    for place in places {
      result += bytes[done..<place.lowerBound] + text
      done = place.upperBound
    }
    self = XMPPacket(result + bytes[done...])
  }
}

extension XMPPacket {
  /// Finds the tags; comments, instructions and the like are passed over.
  private mutating func scan() {
    var at = 0
    while let start = bytes[at...].firstIndex(of: UInt8(ascii: "<")) {
      if bytes[start...].starts(with: Array("<!--".utf8)) {
        at = end(of: "-->", from: start)
      } else if bytes[start...].starts(with: Array("<?".utf8)) {
        at = end(of: "?>", from: start)
      } else if bytes[start...].starts(with: Array("<![CDATA[".utf8)) {
        at = end(of: "]]>", from: start)
      } else {
        at = scanTag(start)
      }
    }
  }

  /// The place behind the next `text`, or the end.
  private func end(of text: String, from start: Int) -> Int {
    let text = Array(text.utf8)
    var at = start
    while let next = bytes[at...].firstIndex(of: text[0]) {
      if bytes[next...].starts(with: text) { return next + text.count }
      at = next + 1
    }
    return bytes.count
  }

  private static let declaration = Array("xmlns".utf8)
  private static let delimiters = Array("/>=\"'".utf8)
  private static func isSpace(_ byte: UInt8) -> Bool { [9, 10, 13, 32].contains(byte) }

  private static func parted(_ name: ArraySlice<UInt8>) -> (prefix: [UInt8], name: [UInt8]) {
    guard let colon = name.firstIndex(of: UInt8(ascii: ":")) else { return ([], Array(name)) }
    return (Array(name[..<colon]), Array(name[(colon + 1)...]))
  }

  /// Scans the tag at `start`; returns the place behind it.
  private mutating func scanTag(_ start: Int) -> Int {
    var at = start + 1
    let closes = at < bytes.count && bytes[at] == UInt8(ascii: "/")
    if closes { at += 1 }
    func word() -> Range<Int> {
      let end = bytes[at...].firstIndex { Self.isSpace($0) || Self.delimiters.contains($0) }
      return at..<(end ?? bytes.count)
    }
    let name = word()
    at = name.upperBound
    var attributes: [Attribute] = []
    var isEmpty = false
    while at < bytes.count, bytes[at] != UInt8(ascii: ">") {
      let from = at
      while at < bytes.count, Self.isSpace(bytes[at]) { at += 1 }
      let key = word()
      at = key.upperBound
      while at < bytes.count, Self.isSpace(bytes[at]) { at += 1 }
      guard !key.isEmpty, at < bytes.count, bytes[at] == UInt8(ascii: "=") else {
        isEmpty = at < bytes.count && bytes[at] == UInt8(ascii: "/")
        if at < bytes.count, bytes[at] != UInt8(ascii: ">") { at += 1 }
        continue
      }
      at += 1
      while at < bytes.count, Self.isSpace(bytes[at]) { at += 1 }
      guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") || bytes[at] == UInt8(ascii: "'"),
        let close = bytes[(at + 1)...].firstIndex(of: bytes[at])
      else { continue }
      let parts = Self.parted(bytes[key])
      attributes.append(
        Attribute(
          prefix: parts.prefix, name: parts.name, place: from..<close + 1, value: at + 1..<close))
      if parts.prefix == Self.declaration {
        namespaces[parts.name] = Array(bytes[at + 1..<close])
      }
      at = close + 1
    }
    let end = min(at + 1, bytes.count)
    let parts = Self.parted(bytes[name])
    tags.append(
      Tag(
        kind: closes ? .end : isEmpty ? .empty : .start, prefix: parts.prefix, name: parts.name,
        place: start..<end, attributes: attributes))
    return end
  }
}
