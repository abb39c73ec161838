extension Metadata {
  /// Takes out of XMP what speaks of, or is, another picture of the file, or a video in it.
  ///
  /// - Returns: what that is, in words.
  mutating func removeOthers() -> [String] {
    guard let bytes = xmp else { return [] }
    var packet = XMPPacket(bytes)
    var others: [String] = []
    for (namespace, what) in XMPPacket.pictures {
      if packet.uses(namespace) { others.append(what) }
      // What does not use it may still declare it, as what did has stood within what is gone.
      packet.remove(namespace)
    }
    if packet.removeMotion() { others.append("a video (motion photo)") }
    xmp = packet.bytes
    return others
  }
}
