extension UnsafeRawPointer {
  /// The samples from one on, of the type that is wanted: it is what the memory holds.
  func samples<Sample>(from start: Int = 0) -> UnsafePointer<Sample> {
    assumingMemoryBound(to: Sample.self) + start
  }
}

extension UnsafeMutableRawPointer {
  /// The samples from one on, of the type that is wanted: it is what the memory holds.
  func samples<Sample>(from start: Int = 0) -> UnsafeMutablePointer<Sample> {
    assumingMemoryBound(to: Sample.self) + start
  }
}
