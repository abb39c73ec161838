extension Encoding {
  /// The few colours that the file has room for, nil for many.
  var fewColors: FewColors? {
    switch self {
    case .png(let png) where png.colorType == 3 && !png.palette.isEmpty:
      FewColors(depth: png.depth, palette: png.palette)
    case .png(let png) where png.colorType == 0 && png.depth < 8:
      FewColors(depth: png.depth, palette: [])
    case .tiff(let tiff) where !tiff.palette.isEmpty:
      FewColors(depth: FewColors.packed(tiff.bits), palette: tiff.palette)
    case .tiff(let tiff) where [1, 2, 4].contains(tiff.bits):
      FewColors(depth: tiff.bits, palette: [])
    case .pnm(let pnm) where [1, 3, 15].contains(pnm.maximum):
      FewColors(depth: pnm.maximum == 1 ? 1 : pnm.maximum == 3 ? 2 : 4, palette: [])
    case .gif(let gif): FewColors(palette: gif.palette)
    case .bmp(let bmp): FewColors(palette: bmp.palette)
    default: nil
    }
  }
}
