import Raster

/// Writes raw PBM (P4), PGM (P5), PPM (P6) and PAM (P7): the kind that is asked for, else the simplest
/// that holds the picture.
final class PNMWriter: FormatWriter {
  private let format: PictureFormat
  private let kind: PNMKind
  private let sink: SinkHandle
  /// The value of white in the file.
  private let maximum: Int
  /// A row of the file, where it is not that of the picture.
  private var row: [UInt8] = []

  /// - Parameters:
  ///   - kind: one that holds alpha and colours where the picture has them.
  ///   - maximum: the value of white, where samples are none of 0 to 255 or 65535.
  init(
    _ format: PictureFormat, _ sink: SinkHandle, _ kind: PNMKind?, maximum: Int? = nil
  ) throws(CodecError) {
    let kind = kind ?? (format.color.hasAlpha ? .pam : format.color == .gray ? .pgm : .ppm)
    let maximum = maximum ?? Int(format.sample.maximum)
    self.maximum = maximum
    precondition(kind.holdsAlpha || !format.color.hasAlpha, "no place for alpha")
    precondition(kind.holdsColor || format.color == .gray, "no place for colours")
    self.format = format
    self.kind = kind
    self.sink = sink
    let (width, height) = (format.width, format.height)
    let header =
      switch kind {
      case .pbm: "P4\n\(width) \(height)\n"
      case .pgm: "P5\n\(width) \(height)\n\(maximum)\n"
      case .ppm: "P6\n\(width) \(height)\n\(maximum)\n"
      case .pam:
        "P7\nWIDTH \(width)\nHEIGHT \(height)\nDEPTH \(format.color.channels)\n"
          + "MAXVAL \(maximum)\nTUPLTYPE \(format.color.tupleType(maximum))\nENDHDR\n"
      }
    row = Array(header.utf8)
    try writeRow()
  }

  /// A writer that keeps the value of white of an input of PNM, or that it was a bitmap, as long as the rows have no
  /// levels between.
  static func narrow(
    _ format: PictureFormat, _ sink: SinkHandle, _ options: WritingOptions, _ encoding: Encoding?
  ) throws(CodecError) -> any FormatWriter {
    guard let top = keptMaximum(format, options, encoding) else {
      return try PNMWriter(format, sink, options.pnmKind)
    }
    // What came as a bitmap goes as one, unless a name asks for more.
    let kind = isBitmap(encoding) ? .pbm : options.pnmKind
    return NarrowWriter(
      format, sink, FewBitsRows(format, top: top), layout: (contextRows: 0, bandRows: nil)
    ) { picture, sink throws(CodecError) in
      try PNMWriter(
        format, sink, picture == nil ? options.pnmKind : kind,
        maximum: picture == nil ? nil : top)
    }
  }

  private static func isBitmap(_ encoding: Encoding?) -> Bool {
    guard case .pnm(let input) = encoding else { return false }
    return input.variant == 1 || input.variant == 4
  }

  /// The value of white that may be kept; nil for none, or for that of all bits.
  private static func keptMaximum(
    _ format: PictureFormat, _ options: WritingOptions, _ encoding: Encoding?
  ) -> Int? {
    guard case .pnm(let input) = encoding, options.keepsLevels else { return nil }
    if isBitmap(encoding), options.pnmKind != nil || format.color != .gray { return nil }
    return switch format.sample {
    case .uint8: 1..<255 ~= input.maximum ? input.maximum : nil
    case .uint16: 256..<65535 ~= input.maximum ? input.maximum : nil
    case .float32: nil
    }
  }

  /// Bytes of rows that are held.
  static func memory(
    _ format: PictureFormat, _ options: WritingOptions, _ encoding: Encoding?
  ) -> Int {
    keptMaximum(format, options, encoding) == nil ? 0 : FewBitsRows.memory(format)
  }

  var bandRows: Int? { nil }

  private func writeRow() throws(CodecError) { try sink.write(row) }

  func append(_ band: any EncodedBand) throws(CodecError) {
    let rows = band.plainRows
    for y in rows.rows {
      // Safety: a row is `bytesPerRow` bytes long.
      let samples = UnsafeRawBufferPointer(start: rows.row(y), count: format.bytesPerRow)
      if kind == .pbm {
        try pack(samples)
      } else if kind == .ppm && format.color == .gray {
        let size = format.sample.byteCount
        row = [UInt8](repeating: 0, count: 3 * samples.count)
        for index in row.indices { row[index] = samples[index / (3 * size) * size + index % size] }
      } else if format.sample == .uint16 {
        row = Array(samples)
      } else {
        try sink.write(samples)
        continue
      }
      if kind != .pbm {
        row.withUnsafeMutableBytes { orderBytes($0, of: format.sample, isBigEndian: true) }
      }
      try writeRow()
    }
  }

  /// Eight pixels a byte, 1 for black.
  private func pack(_ samples: UnsafeRawBufferPointer) throws(CodecError) {
    row = [UInt8](repeating: 0, count: (format.width + 7) / 8)
    for x in 0..<format.width {
      let sample =
        format.sample == .uint8
        ? Int(samples[x]) : Int(samples.load(fromByteOffset: 2 * x, as: UInt16.self))
      guard sample == 0 || sample == maximum else { throw .notTwoLevels(sample: sample) }
      if sample == 0 { row[x >> 3] |= 128 >> UInt8(x & 7) }
    }
  }

  func finish(late: Metadata?) throws(CodecError) { try sink.flush() }
}

extension ColorModel {
  /// The tuple type of PAM.
  fileprivate func tupleType(_ maximum: Int) -> String {
    switch self {
    case .gray where maximum == 1: "BLACKANDWHITE"
    case .grayAlpha where maximum == 1: "BLACKANDWHITE_ALPHA"
    case .gray: "GRAYSCALE"
    case .grayAlpha: "GRAYSCALE_ALPHA"
    case .rgb: "RGB"
    case .rgba: "RGB_ALPHA"
    case .cmyk: "CMYK"
    }
  }
}
