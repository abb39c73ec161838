extension Metadata {
  /// Takes out of XMP what speaks of, or is, another picture of the file, or a video in it.
  ///
  /// What speaks of a gain map that is kept stays, and is made true.
  ///
  /// - Returns: what that is, in words.
  mutating func removeOthers() -> [String] {
    guard let bytes = xmp else { return [] }
    var packet = XMPPacket(bytes)
    var others: [String] = []
    let container = [XMPPacket.Container.directory, XMPPacket.Container.item]
    let kept = gainMap == nil ? [] : XMPPacket.gainMaps + container
    for (namespace, what) in XMPPacket.pictures where !kept.contains(namespace) {
      if packet.uses(namespace) { others.append(what) }
      // What does not use it may still declare it, as what did has stood within what is gone.
      packet.remove(namespace)
    }
    if let gainMap, packet.announceGainMap(gainMap.file.count) { others.append("further pictures") }
    if packet.removeMotion() { others.append("a video (motion photo)") }
    xmp = packet.bytes
    return others
  }
}
