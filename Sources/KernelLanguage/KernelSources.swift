/// How a specification gets at what lies outside it. The room opens no files itself.
public struct KernelSources: Sendable {
  /// The contents of a file, nil where there is none of that name.
  public var file: @Sendable (String) throws(KernelError) -> [UInt8]?
  /// A trained filter with the geometry of its layer: the model file, and `LAYER/FILTER`
  /// (`conv1/5`).
  public var filter: @Sendable (_ model: String, _ filter: String) throws(KernelError) -> Stage

  public init(
    file: @escaping @Sendable (String) throws(KernelError) -> [UInt8]?,
    filter: @escaping @Sendable (String, String) throws(KernelError) -> Stage
  ) {
    self.file = file
    self.filter = filter
  }

  /// Names and numbers only.
  public static let none = KernelSources(
    file: { _ throws(KernelError) in nil },
    filter: { model, _ throws(KernelError) in
      throw .unusableModel(model, reason: "models cannot be read here")
    })
}
