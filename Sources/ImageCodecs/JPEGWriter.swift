import CImageCodecs
import Raster

/// Writes JPEG: baseline, or progressive, with standard Huffman tables.
final class JPEGWriter: FormatWriter {
  private let sink: SinkHandle
  private let pointer: OpaquePointer
  private let mcuRows: Int
  private var behind: GainMapBehind?
  let warnings: [String]

  /// libjpeg's own limit.
  static let longestSide = 65500

  init(
    _ format: PictureFormat, _ sink: SinkHandle, _ options: WritingOptions, _ metadata: Metadata,
    _ kept: JPEGEncoding?
  ) throws(CodecError) {
    let side = max(format.width, format.height)
    if side > Self.longestSide {
      throw .tooLargeToStore(.jpeg, side: side, limit: Self.longestSide)
    }
    var behind: GainMapBehind?
    if let map = metadata.gainMap { behind = try GainMapBehind(map, in: sink) }
    let sink = behind?.target ?? sink
    var warnings: [String] = []
    var layout = codec_jpeg_layout(format, options, metadata, kept, &warnings)
    let segments = metadata.jpegSegments
    var result = codec_result()
    let storage = segments.flatMap(\.bytes)
    let pointer = storage.withUnsafeBufferPointer { storage in
      var start = 0
      let list = segments.map { segment in
        defer { start += segment.bytes.count }
        // Safety: the segments lie in `storage`, one behind the other.
        return codec_jpeg_segment(
          marker: Int32(segment.marker), bytes: storage.baseAddress.map { $0 + start },
          count: segment.bytes.count)
      }
      return codec_jpeg_writer_open(sink.pointer, &layout, list, list.count, &result)
    }
    guard let pointer else { throw CodecError(result, .jpeg) }
    self.sink = sink
    self.pointer = pointer
    self.warnings = warnings
    mcuRows = 8 * Int(max(layout.sampling_v.0, layout.sampling_v.1, layout.sampling_v.2))
    try behind?.begin(pointer)
    self.behind = behind
  }

  deinit { codec_jpeg_writer_close(pointer) }

  /// Bytes that the library holds: the coefficients of what is written in several scans.
  static func memory(
    _ format: PictureFormat, _ options: WritingOptions, _ kept: JPEGEncoding?
  ) -> Int {
    guard options.jpegProgressive ?? kept?.progressive ?? false else { return 0 }
    // As many as with all samples of every colour.
    return format.width.saturatingProduct(format.height).saturatingProduct(
      2 * format.color.channels)
  }

  /// Whole rows of blocks, near 64 rows.
  var bandRows: Int? { 64 / mcuRows * mcuRows }

  func append(_ band: any EncodedBand) throws(CodecError) {
    let pointers = band.plainRows.bytePointers
    // Safety: each pointer is the first of `format.bytesPerRow` bytes.
    try call(.jpeg) { codec_jpeg_writer_write(pointer, pointers, pointers.count, &$0) }
  }

  func finish(late: Metadata?) throws(CodecError) {
    try call(.jpeg) { codec_jpeg_writer_finish(pointer, &$0) }
    try behind?.finish(pointer)
  }
}

extension codec_jpeg_layout {
  /// What the options say, else what the input had, else quality 92 at full sampling.
  init(
    _ format: PictureFormat, _ options: WritingOptions, _ metadata: Metadata,
    _ kept: JPEGEncoding?, _ warnings: inout [String]
  ) {
    self.init()
    width = UInt32(format.width)
    height = UInt32(format.height)
    channels = Int32(format.color.channels)
    let components = format.color.channels
    // The facts of a picture with other components (a gray result of a colour picture) don't fit.
    let kept = kept?.sampling.count == components ? kept : nil
    switch format.color {
    case .gray: space = CODEC_JPEG_GRAY
    case .rgb: space = kept?.space == .rgb ? CODEC_JPEG_RGB : CODEC_JPEG_YCC
    default: space = kept?.space == .cmyk ? CODEC_JPEG_CMYK : CODEC_JPEG_YCCK
    }
    progressive = options.jpegProgressive ?? kept?.progressive ?? false ? 1 : 0
    setSampling(options, kept, components)
    switch kept?.restart ?? .never {
    case .never: break
    case .units(let units): restart_interval = UInt32(units)
    case .rows(let rows): restart_rows = Int32(rows)
    }
    quality = Int32(options.quality ?? 92)
    precondition((1...100).contains(quality), "a quality lies between 1 and 100")
    if options.quality == nil, let kept { setTables(kept, &warnings) }
    let density = metadata.density.map { $0.unit == .metre ? $0.per(.inch) : $0 }
    switch density?.unit {
    case .inch?: density_unit = 1
    case .centimetre?: density_unit = 2
    default: density_unit = 0
    }
    density_x = Int32(min(max(density?.x ?? 1, 1), 65535))
    density_y = Int32(min(max(density?.y ?? 1, 1), 65535))
  }

  private mutating func setSampling(
    _ options: WritingOptions, _ kept: JPEGEncoding?, _ components: Int
  ) {
    var sampling = [JPEGEncoding.Sampling](repeating: .init(1, 1), count: 4)
    if let wanted = options.jpegSubsampling {
      precondition((1...4).contains(wanted.horizontal) && (1...4).contains(wanted.vertical))
      // Colour at the coarse, luminance (and black) at the fine end; gray and RGB have no colour.
      if space == CODEC_JPEG_YCC || space == CODEC_JPEG_YCCK { sampling[0] = wanted }
      if space == CODEC_JPEG_YCCK { sampling[3] = wanted }
    } else if components > 1, let kept, Self.isWritable(kept.sampling) {
      for (index, value) in kept.sampling.enumerated() { sampling[index] = value }
    }
    let h = sampling.map { Int32($0.horizontal) }
    let v = sampling.map { Int32($0.vertical) }
    sampling_h = (h[0], h[1], h[2], h[3])
    sampling_v = (v[0], v[1], v[2], v[3])
  }

  /// libjpeg writes factors that divide the largest, and at most ten blocks a unit.
  private static func isWritable(_ sampling: [JPEGEncoding.Sampling]) -> Bool {
    let h = sampling.map(\.horizontal).max() ?? 1
    let v = sampling.map(\.vertical).max() ?? 1
    return sampling.allSatisfy { h % $0.horizontal == 0 && v % $0.vertical == 0 }
      && sampling.reduce(0) { $0 + $1.horizontal * $1.vertical } <= 10
  }

  /// The largest value of a quantisation table that libjpeg divides by: eight times as much must fit
  /// 16 bits.
  private static let largestQuantiser: UInt16 = 8191

  private mutating func setTables(_ kept: JPEGEncoding, _ warnings: inout [String]) {
    let used = Set(kept.tableOfComponent)
    let complete = used.allSatisfy { table in
      kept.tables.indices.contains(table) && kept.tables[table].map { !$0.contains(0) } ?? false
    }
    guard complete else {
      warnings.append("the quantisation tables cannot be written: those of quality \(quality) are")
      return
    }
    let largest = Self.largestQuantiser
    if used.contains(where: { kept.tables[$0]!.contains { $0 > largest } }) {
      warnings.append(
        "quantisation values over \(largest) cannot be written: they become \(largest)")
    }
    var values = [UInt16](repeating: 0, count: 4 * 64)
    for table in used {
      tables_present |= 1 << UInt32(table)
      values.replaceSubrange(
        64 * table..<64 * (table + 1), with: kept.tables[table]!.map { min($0, largest) })
    }
    withUnsafeMutableBytes(of: &tables) { target in
      values.withUnsafeBytes { target.copyMemory(from: $0) }
    }
    let of = (kept.tableOfComponent + [0, 0, 0]).map { Int32($0) }
    table_of = (of[0], of[1], of[2], of[3])
  }
}
