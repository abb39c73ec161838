/// The pictures of a JPEG file where its index says that they are, found without what is tested.
public struct FoundPictures {
  public private(set) var files: [[UInt8]] = []
  /// The kind of each, as the index has it.
  public private(set) var types: [Int] = []
  /// The XMP of the first.
  public private(set) var xmp = ""
  /// Whether the first announces a gain map as ISO 21496-1 has it.
  public private(set) var hasNotice = false

  /// Nil where a number leads nowhere, or a picture does not begin and end as JPEG does.
  public init?(_ file: [UInt8]) {
    var at = 2
    var index: Int?
    while at + 4 <= file.count, file[at] == 0xff, file[at + 1] != 0xda {
      let length = Int(file[at + 2]) << 8 | Int(file[at + 3])
      guard at + 2 + length <= file.count else { return nil }
      let content = file[(at + 4)..<(at + 2 + length)]
      if content.starts(with: Array("MPF\0".utf8)) { index = at + 8 }
      if content.starts(with: Array("urn:iso:std:iso:ts:21496:-1\0".utf8)) { hasNotice = true }
      let name = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
      if content.starts(with: name) {
        xmp = String(decoding: content.dropFirst(name.count), as: UTF8.self)
      }
      at += 2 + length
    }
    guard let index else { return nil }
    func number(_ place: Int, _ count: Int) -> Int {
      let bytes = file[(index + place)..<(index + place + count)]
      return (file[index] == 0x49 ? bytes.reversed() : Array(bytes)).reduce(0) { $0 << 8 | Int($1) }
    }
    let directory = number(4, 4)
    for field in 0..<number(directory, 2) {
      let place = directory + 2 + 12 * field
      guard number(place, 2) == 0xb002 else { continue }
      let list = number(place + 8, 4)
      for entry in stride(from: list, to: list + number(place + 4, 4), by: 16) {
        let offset = number(entry + 8, 4)
        let start = offset == 0 ? 0 : index + offset
        let end = start + number(entry + 4, 4)
        guard end <= file.count, start + 4 <= end, file[start] == 0xff, file[start + 1] == 0xd8,
          file[end - 2] == 0xff, file[end - 1] == 0xd9
        else { return nil }
        files.append(Array(file[start..<end]))
        types.append(number(entry, 4))
      }
    }
  }
}
