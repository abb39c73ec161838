extension Metadata {
  /// PNG's time of the last change (tIME) as the one of EXIF (DateTime), where that has none; one of another time stays
  /// a chunk.
  ///
  /// - SeeAlso: PNG, 11.3.6.1: UTC; EXIF 2.31 has a field for how far a time is from it, OffsetTime.
  mutating func translateTime() {
    let dateTime = 0x0132
    let offsetTime = 0x9010
    guard let index = chunks.firstIndex(where: { $0.name == "tIME" && $0.bytes.count == 7 })
    else { return }
    let time = chunks[index].bytes
    func two(_ number: UInt8) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let year = String(Int(time[0]) << 8 | Int(time[1]))
    let text = Array(
      (String(repeating: "0", count: max(0, 4 - year.count)) + year + ":" + two(time[2]) + ":"
        + two(time[3]) + " " + time[4...6].map(two).joined(separator: ":")).utf8)
    guard let exif else {
      func field(_ tag: Int, _ text: [UInt8]) -> TIFFDirectory.Field {
        TIFFDirectory.field(tag, text + [0], type: 2)
      }
      var (directory, below) = (TIFFDirectory(), TIFFDirectory())
      below.fields = [field(offsetTime, Array("+00:00".utf8))]
      directory.fields = [field(dateTime, text)]
      directory.directories[ExifBlock.Tag.exif] = below
      self.exif = directory.exif
      chunks.remove(at: index)
      return
    }
    guard var block = ExifBlock(exif) else { return }
    let known = block.text(dateTime)
    if known == nil {
      block.add([(dateTime, text)])
      self.exif = block.bytes
    }
    if known ?? text == text { chunks.remove(at: index) }
  }
}
