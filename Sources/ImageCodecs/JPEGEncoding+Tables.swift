import CImageCodecs

extension JPEGEncoding {
  init(_ header: codec_jpeg_header) {
    let components = Int(header.components)
    func first(_ values: (Int32, Int32, Int32, Int32)) -> [Int] {
      Array([Int(values.0), Int(values.1), Int(values.2), Int(values.3)].prefix(components))
    }
    space =
      switch header.space {
      case CODEC_JPEG_GRAY: .gray
      case CODEC_JPEG_RGB: .rgb
      case CODEC_JPEG_CMYK: .cmyk
      case CODEC_JPEG_YCCK: .ycck
      default: .ycc
      }
    progressive = header.progressive != 0
    arithmetic = header.arithmetic != 0
    sampling = zip(first(header.sampling_h), first(header.sampling_v)).map { Sampling($0, $1) }
    tableOfComponent = first(header.table_of)
    let values = withUnsafeBytes(of: header.tables) { Array($0.bindMemory(to: UInt16.self)) }
    tables = (0..<4).map { table in
      header.tables_present & 1 << UInt32(table) == 0
        ? nil : Array(values[64 * table..<64 * (table + 1)])
    }
    // A unit of a single component is one block, whatever its sampling.
    let across = components == 1 ? 1 : sampling.map(\.horizontal).max() ?? 1
    let unitsInRow = (Int(header.width) + 8 * across - 1) / (8 * across)
    let interval = Int(header.restart_interval)
    restart =
      interval == 0
      ? .never
      : interval % unitsInRow == 0 ? .rows(interval / unitsInRow) : .units(interval)
  }
}
