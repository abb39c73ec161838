import CImageCodecs
import Raster

/// Writes animated WebP: of each frame the part that is other than the one before, laid in its place.
///
/// - SeeAlso: WebP Container Specification, Google.
final class WebPAnimationWriter: FormatWriter {
  private var options: WritingOptions
  private let kept: WebPEncoding?
  private let metadata: Metadata
  private let sink: SinkHandle
  /// What takes the bytes: the sink, or memory.
  private let file: SinkHandle
  private var written = 0
  private var buffer: FrameBuffer
  private var time: FrameTime?
  private var clock = Milliseconds()
  private(set) var warnings: [String] = []

  /// - Parameters:
  ///   - plays: how often the frames are shown, 0 for ever.
  ///   - time: of the first frame.
  init(
    _ format: PictureFormat, _ sink: SinkHandle, _ options: WritingOptions, _ metadata: Metadata,
    _ kept: WebPEncoding?, plays: Int, _ time: FrameTime?
  ) throws(CodecError) {
    let (side, most) = (max(format.width, format.height), WebPWriter.longestSide)
    if side > most { throw .tooLargeToStore(.webp, side: side, limit: most) }
    self.options = options
    self.kept = kept
    self.metadata = metadata
    self.sink = sink
    self.time = time
    file = sink.canPatch ? sink : try SinkHandle(.memory)
    buffer = FrameBuffer(format)
    var flags: UInt8 = 0x02
    if format.color.hasAlpha { flags |= 0x10 }
    if metadata.colorProfile != nil { flags |= 0x20 }
    if metadata.exif != nil { flags |= 0x08 }
    if metadata.xmp != nil { flags |= 0x04 }
    try write(Array("RIFF".utf8) + Self.bytes(0, 4) + Array("WEBP".utf8))
    try write(
      "VP8X",
      [flags, 0, 0, 0] + Self.bytes(format.width - 1, 3) + Self.bytes(format.height - 1, 3))
    if let profile = metadata.colorProfile { try write("ICCP", profile.bytes) }
    let repetitions = 65535
    if plays > repetitions {
      warnings.append(
        "WebP repeats an animation \(repetitions) times at most: \(plays) times become as many")
    }
    try write("ANIM", [0, 0, 0, 0] + Self.bytes(min(plays, repetitions), 2))
  }

  private static func bytes(_ number: Int, _ count: Int) -> [UInt8] {
    TIFFDirectory.bytes(number, count)
  }

  private func write(_ bytes: [UInt8]) throws(CodecError) {
    try file.write(bytes)
    written += bytes.count
  }

  private func write(_ name: String, _ content: [UInt8]) throws(CodecError) {
    let padding: [UInt8] = content.count % 2 == 1 ? [0] : []
    try write(Array(name.utf8) + Self.bytes(content.count, 4) + content + padding)
  }

  var bandRows: Int? { nil }

  func append(_ band: any EncodedBand) throws(CodecError) { buffer.append(band.plainRows) }

  func begin(_ picture: NextPicture) throws(CodecError) {
    guard picture.format == buffer.format else {
      throw .refusedByWriter(.webp, "frames of several sizes or kinds")
    }
    buffer.advance()
    time = picture.time
  }

  func finish(late: Metadata?) throws(CodecError) {
    var (columns, rows) = buffer.changes
    // Places are counted in pairs of pixels.
    columns = columns.lowerBound / 2 * 2..<columns.upperBound
    rows = rows.lowerBound / 2 * 2..<rows.upperBound
    let (time, most) = (clock.next(time ?? FrameTime(0, 1)), 0xff_ffff)
    let shown = min(time, most)
    if time > most {
      let warning = "WebP shows a frame for \(most) ms at most: longer times become that"
      if !warnings.contains(warning) { warnings.append(warning) }
    }
    let numbers = [
      columns.lowerBound / 2, rows.lowerBound / 2, columns.count - 1, rows.count - 1, shown,
    ]
    // Not blended with what is there, and left there.
    try write(
      "ANMF", numbers.flatMap { Self.bytes($0, 3) } + [2] + compressed(columns, rows))
  }

  /// A part of the frame: the chunks of its picture.
  private func compressed(_ columns: Range<Int>, _ rows: Range<Int>) throws(CodecError) -> [UInt8] {
    var format = buffer.format
    (format.width, format.height) = (columns.count, rows.count)
    let memory = try SinkHandle(.memory)
    let writer = try WebPWriter(format, memory, options, Metadata(), kept)
    let step = 64
    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: step) {
      let part = first..<min(first + step, rows.upperBound)
      try writer.append(PlainRows(window: buffer.window(columns, part)))
    }
    try writer.finish(late: nil)
    return Self.picture(memory.bytes)
  }

  /// The chunks of a file that hold a picture: alpha, and colours.
  private static func picture(_ file: [UInt8]) -> [UInt8] {
    var chunks: [UInt8] = []
    var start = 12
    while start + 8 <= file.count {
      let length = file[start + 4..<start + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
      let end = min(file.count, start + 8 + length + length % 2)
      if ["ALPH", "VP8 ", "VP8L"].contains(String(decoding: file[start..<start + 4], as: UTF8.self))
      {
        chunks += file[start..<end]
      }
      start = end
    }
    return chunks
  }

  func complete() throws(CodecError) {
    if let exif = metadata.exif { try write("EXIF", exif) }
    if let xmp = metadata.xmp { try write("XMP ", xmp) }
    guard written <= 0xffff_fffe else {
      throw .refusedByWriter(.webp, "the file grows beyond 4 GB")
    }
    try file.flush()
    try file.patch(Self.bytes(written - 8, 4), at: 4)
    if !sink.canPatch {
      try sink.write(collectedBy: file)
      try sink.flush()
    }
  }
}
