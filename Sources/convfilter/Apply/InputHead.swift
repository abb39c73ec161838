/// The first bytes of an input.
struct InputHead {
  var bytes: [UInt8] = []
  /// Those that cannot be read again.
  var taken: [UInt8] = []
}
