import ImageCodecs

extension PictureSeries {
  /// The pictures that a result of a format holds of these; nil where it holds one, or where nothing tells
  /// yet whether there are more.
  ///
  /// - Parameter warnings: gains what is lost.
  /// - Returns: false where it cannot hold them.
  func held(by format: FileFormat, _ warnings: inout [String]) -> (
    series: PictureSeries?, fits: Bool
  ) {
    if plays != nil, format.holdsFrames { return (self, true) }
    if areChannels, format == .npy { return (self, true) }
    if format.holdsPages {
      if plays != nil {
        warnings.append("\(format.name) holds no times: the frames become pages")
      }
      return (PictureSeries(count: count), true)
    }
    return (nil, count == nil)
  }
}
