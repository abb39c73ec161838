import Raster

/// Reads PFM: gray or RGB floats, from the bottom; the sign of the scale says which byte comes first, its
/// magnitude is of no meaning here.
///
/// - SeeAlso: pauldebevec.com/Research/HDR/PFM.
final class PFMReader: FormatReader {
  private let source: SourceHandle
  private let damage: DamagePolicy
  let format: PictureFormat
  let metadata: Metadata
  private(set) var warnings: [String] = []
  private(set) var isDamaged = false
  let others: [String]
  private let isLittleEndian: Bool
  /// Where the lowest row begins.
  private let start: Int

  init(_ source: SourceHandle, _ limits: Limits, _ damage: DamagePolicy) throws(CodecError) {
    try source.makeSeekable(limits, .pfm)
    self.source = source
    self.damage = damage
    var header = PFMHeader(source, limits)
    let kind = try header.word()
    guard let width = Int(try header.word()), let height = Int(try header.word()),
      let scale = Double(try header.word()), scale != 0, width > 0, height > 0,
      width < 1 << 31, height < 1 << 31
    else { throw .damaged(.pfm, "its header is not two sides and a scale") }
    try header.end()
    var metadata = Metadata()
    metadata.comments = header.comments
    self.metadata = metadata
    try limits.check(width: width, height: height)
    format = PictureFormat(
      width: width, height: height, color: kind == "PF" ? .rgb : .gray, sample: .float32)
    isLittleEndian = scale < 0
    start = header.length
    let end = format.bytesPerRow.saturatingProduct(format.height).saturatingSum(start)
    others = try source.holdsMore(behind: end) ? ["data behind the picture"] : []
  }

  var encoding: Encoding { .pfm }

  func read(into band: RowBand) throws(CodecError) {
    for y in band.rows.reversed() {
      let row = UnsafeMutableRawBufferPointer(start: band.row(y), count: format.bytesPerRow)
      let offset = start + (format.height - 1 - y) * format.bytesPerRow
      let count = source.seek(to: offset) ? try source.read(into: row) : 0
      if count < row.count {
        guard damage == .tolerate else { throw .truncated(.pfm, "within the picture's samples") }
        if !isDamaged { warnings.append("the file ends within the picture; the rest is gray") }
        isDamaged = true
        format.fillGray(row)
      } else {
        orderBytes(row, of: .float32, isBigEndian: !isLittleEndian)
      }
    }
  }
}

/// The words before the samples; comments from # to the end of a line may stand between them, as in PNM.
private struct PFMHeader {
  private var bytes: SourceBytes
  /// The white space behind the first word and behind the last.
  private var spaces: (first: UInt8?, last: UInt8) = (nil, 0)

  init(_ source: SourceHandle, _ limits: Limits) {
    bytes = SourceBytes(source, .pfm)
    bytes.keepComments(limits.metadataBytes)
  }

  /// Bytes that have been read.
  var length: Int { bytes.count }
  var comments: [[UInt8]] { bytes.comments }

  /// The next word, and the white space behind it.
  mutating func word() throws(CodecError) -> String {
    var word: [UInt8] = []
    while true {
      var byte = try bytes.next()
      if word.isEmpty, byte == UInt8(ascii: "#") {
        if let end = try bytes.skipComment() { byte = end } else { byte = try bytes.next() }
      }
      if PNMHeader.isSpace(byte) {
        if word.isEmpty { continue }
        spaces = (spaces.first ?? byte, byte)
        return String(decoding: word, as: UTF8.self)
      }
      word.append(byte)
      guard word.count <= 32 else { throw .damaged(.pfm, "a long word in the header") }
    }
  }

  /// Passes over the second sign behind the last line, where lines end in two, as the first one does.
  mutating func end() throws(CodecError) {
    if spaces.first == 13, spaces.last == 13 { _ = try bytes.next() }
  }
}
